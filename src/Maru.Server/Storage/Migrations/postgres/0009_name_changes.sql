-- How often people's names and pictures have changed, in one row: entries that a node read before name somebody otherwise.
-- It has a key, since PostgreSQL is told to read by key only: a walk over its one row looked so dear that it was compiled first, for 60 ms.
CREATE TABLE name_changes (id BIGINT PRIMARY KEY, number BIGINT NOT NULL);
INSERT INTO name_changes (id, number) VALUES (1, 0);
