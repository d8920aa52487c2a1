-- The messages that are pinned in each room: each once, and none that is deleted.
CREATE TABLE pins (
  room_id    INTEGER NOT NULL,
  seq        INTEGER NOT NULL,  -- of the message
  user_id    INTEGER NOT NULL,  -- who pinned it
  pinned_seq INTEGER NOT NULL,  -- of the log entry that tells of it
  at         INTEGER NOT NULL,  -- unix milliseconds, UTC
  PRIMARY KEY (room_id, seq)
) WITHOUT ROWID;
