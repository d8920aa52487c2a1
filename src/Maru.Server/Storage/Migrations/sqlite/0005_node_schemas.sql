-- The newest schema that a node's program knows; 0 for programs that do not say so.
ALTER TABLE nodes ADD COLUMN schema_known INTEGER NOT NULL DEFAULT 0;
