-- A random number, which the session's tokens have too: a restored store gives ids again, and no mark. Null: no program that marks has
-- used the session yet.
ALTER TABLE sessions ADD COLUMN mark INTEGER;
