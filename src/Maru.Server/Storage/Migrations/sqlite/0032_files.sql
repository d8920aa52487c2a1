-- Files that people have uploaded. Their content is in the file store, below the id. Times are unix milliseconds, UTC.
CREATE TABLE files (
  id          INTEGER PRIMARY KEY AUTOINCREMENT      , -- never given again
  uploader_id INTEGER NOT NULL REFERENCES users (id),
  name        TEXT NOT NULL,
  kind        INTEGER NOT NULL,      -- 1 image, 2 video, 3 audio, 4 document
  media_type  TEXT NOT NULL,        -- as the content says
  size        INTEGER NOT NULL,      -- bytes
  width       INTEGER,               -- of a picture, pixels
  height      INTEGER,
  placeholder TEXT,                 -- of a picture: a tiny one as a data URL
  duration    INTEGER,               -- of audio and video, milliseconds, as the uploader says; null: not told
  waveform    TEXT,                 -- of a voice message: a JSON array of 0 to 100
  created_at  INTEGER NOT NULL,
  ready_at    INTEGER,               -- when its content was in the store; null: not yet, and nobody knows of it
  deleted_at  INTEGER                -- nobody sees it any more, and its content goes; null: it is there
);
CREATE INDEX files_of_uploader ON files (uploader_id, id);
CREATE INDEX files_not_there ON files (id) WHERE ready_at IS NULL OR deleted_at IS NOT NULL;

-- Where files were sent: a row for each of a message.
CREATE TABLE message_files (
  room_id  INTEGER NOT NULL,
  seq      INTEGER NOT NULL,
  position INTEGER NOT NULL,         -- in the message, from 0
  file_id  INTEGER NOT NULL REFERENCES files (id),
  kind     INTEGER NOT NULL,         -- that of the file
  PRIMARY KEY (room_id, seq, position)
) WITHOUT ROWID;
CREATE INDEX message_files_of_file ON message_files (file_id);
CREATE INDEX message_files_by_kind ON message_files (room_id, kind, seq, position);

ALTER TABLE messages ADD COLUMN files TEXT;     -- what readers see of them, a JSON array; null: none

-- Whose picture a file is. Addresses of files from before there were any lead nowhere, and must not lead to one of somebody else.
UPDATE users SET avatar_url = NULL WHERE avatar_url LIKE '/api/files/%';
UPDATE rooms SET avatar_url = NULL WHERE avatar_url LIKE '/api/files/%';
CREATE INDEX users_with_picture ON users (avatar_url) WHERE avatar_url IS NOT NULL;
CREATE INDEX rooms_with_picture ON rooms (avatar_url) WHERE avatar_url IS NOT NULL;
