-- Who left a room by themselves, so that others cannot put them back again and again.
CREATE TABLE leavers (
  room_id BIGINT NOT NULL REFERENCES rooms (id),
  user_id BIGINT NOT NULL REFERENCES users (id),
  times   BIGINT NOT NULL,   -- one after the other, each within 30 days of the one before
  left_at BIGINT NOT NULL,
  PRIMARY KEY (room_id, user_id)
);
