-- Tells apart the addresses that sessions were last used from, and nobody where people are: a keyed hash.
ALTER TABLE sessions ADD COLUMN address INTEGER;

-- SHA-256 of deleted accounts' handles: nobody can take one and be taken for who had it.
CREATE TABLE retired_handles (hash BLOB PRIMARY KEY) WITHOUT ROWID;
