-- How often people's names and pictures have changed, in one row: entries that a node read before name somebody otherwise.
CREATE TABLE name_changes (number BIGINT NOT NULL);
INSERT INTO name_changes VALUES (0);
