-- How often people's names and pictures have changed, in one row: entries that a node read before name somebody otherwise.
CREATE TABLE name_changes (id INTEGER PRIMARY KEY, number INTEGER NOT NULL);
INSERT INTO name_changes (id, number) VALUES (1, 0);
