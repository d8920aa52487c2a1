-- Messages that people have starred, each for themselves. Rows go with the message, with the person's membership, and with the room.
CREATE TABLE stars (
  user_id BIGINT NOT NULL,
  room_id BIGINT NOT NULL,
  seq     BIGINT NOT NULL,       -- of the message
  at      BIGINT NOT NULL,       -- when it was starred, unix milliseconds, UTC
  PRIMARY KEY (user_id, room_id, seq)
);
CREATE INDEX stars_listed ON stars (user_id, at, room_id, seq);
CREATE INDEX stars_of_messages ON stars (room_id, seq);
