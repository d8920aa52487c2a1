-- What people have begun to write, one draft a room. Rows go with the person's membership, and with the room.
CREATE TABLE drafts (
  user_id  BIGINT NOT NULL,
  room_id  BIGINT NOT NULL,
  text     TEXT NOT NULL,      -- empty: removed; its time stays
  reply_to BIGINT,                -- the seq of the message that it is to answer
  at       BIGINT NOT NULL,       -- of the last change, unix milliseconds, UTC; grows with each
  PRIMARY KEY (user_id, room_id)
);
CREATE INDEX drafts_listed ON drafts (user_id, at, room_id) WHERE text <> '';
CREATE INDEX drafts_of_rooms ON drafts (room_id);
