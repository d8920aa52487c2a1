-- Previews of links in messages, which the server fetched from other sites. Times are unix milliseconds, UTC.
CREATE TABLE preview_pictures (
  id         INTEGER PRIMARY KEY AUTOINCREMENT, -- never given again; the content is in the file store, below it
  width      INTEGER NOT NULL,       -- pixels
  height     INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  deleted_at INTEGER                 -- no message gets it any more, and its content goes; null: it is there
);

-- What addresses gave the last time: for new messages alone, which keep it for themselves.
CREATE TABLE link_previews (
  hash        TEXT PRIMARY KEY,     -- SHA-256 of the address, in hexadecimal digits
  title       TEXT NOT NULL,        -- empty: it gave none
  description TEXT,
  site_name   TEXT,
  picture_id  INTEGER REFERENCES preview_pictures (id),
  expires_at  INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX link_previews_by_end ON link_previews (expires_at);
CREATE INDEX link_previews_of_picture ON link_previews (picture_id) WHERE picture_id IS NOT NULL;

-- The pictures that messages show.
CREATE TABLE message_previews (
  room_id    INTEGER NOT NULL,
  seq        INTEGER NOT NULL,
  picture_id INTEGER NOT NULL REFERENCES preview_pictures (id),
  PRIMARY KEY (room_id, seq, picture_id)
) WITHOUT ROWID;
CREATE INDEX message_previews_of_picture ON message_previews (picture_id);

ALTER TABLE messages ADD COLUMN previews TEXT;  -- what readers see, a JSON array; null: none yet; empty: taken away for good
ALTER TABLE rooms ADD COLUMN link_previews INTEGER NOT NULL DEFAULT 1;   -- 0: its messages get none
