-- Files that come in parts, over several requests. Times are unix milliseconds, UTC.
CREATE TABLE uploads (
  id         INTEGER PRIMARY KEY AUTOINCREMENT, -- never given again
  user_id    INTEGER NOT NULL REFERENCES users (id),
  length     INTEGER NOT NULL,      -- bytes that it will have
  received   INTEGER NOT NULL,      -- bytes that are there; only a part that begins here is taken
  metadata   TEXT,                 -- Upload-Metadata, as it was sent; null: none
  changed_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,      -- nobody sees it from then on, and its parts go
  file_id    INTEGER                -- the file that it became; null: none yet
);
CREATE INDEX uploads_of_user ON uploads (user_id) WHERE file_id IS NULL;
CREATE INDEX uploads_by_end ON uploads (expires_at);

-- What came with one request. Its content is in the file store; the row is there before it, so that nothing there is unknown.
CREATE TABLE upload_parts (
  upload_id INTEGER NOT NULL REFERENCES uploads (id),
  start     INTEGER NOT NULL,       -- first byte
  nonce     INTEGER NOT NULL,       -- two requests may bring the same bytes
  size      INTEGER NOT NULL,       -- bytes
  is_whole  INTEGER NOT NULL,       -- 1: it belongs to the upload; 0: not yet, or never
  PRIMARY KEY (upload_id, start, nonce)
) WITHOUT ROWID;
