-- Files of messages to be sent later. Programs of before neither send nor remove such a message: its files refer to it.
ALTER TABLE scheduled ADD COLUMN files TEXT;     -- what its owner sees of them, a JSON array; null: none

-- Files that wait, and so are not removed as ones that nobody sent.
CREATE TABLE scheduled_files (
  scheduled_id BIGINT NOT NULL REFERENCES scheduled (id),
  file_id      BIGINT NOT NULL REFERENCES files (id),
  PRIMARY KEY (scheduled_id, file_id)
);
CREATE INDEX scheduled_files_of_file ON scheduled_files (file_id);
