-- Names and e-mail addresses in one spelling (Unicode normalization), and the keys that they are found by.
-- SQLite cannot normalize: Storage/StoredNames.cs does it, for both.
SELECT 1;
