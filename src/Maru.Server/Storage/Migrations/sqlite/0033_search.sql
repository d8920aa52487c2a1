-- The index of search is made of the messages again where it is lost: it is neither moved nor saved.
-- It is in a file of its own, beside this one.
SELECT 1;
