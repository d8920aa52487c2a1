-- The messages that are pinned in each room: each once, and none that is deleted.
CREATE TABLE pins (
  room_id    BIGINT NOT NULL,
  seq        BIGINT NOT NULL,   -- of the message
  user_id    BIGINT NOT NULL,   -- who pinned it
  pinned_seq BIGINT NOT NULL,   -- of the log entry that tells of it
  at         BIGINT NOT NULL,   -- unix milliseconds, UTC
  PRIMARY KEY (room_id, seq)
);
