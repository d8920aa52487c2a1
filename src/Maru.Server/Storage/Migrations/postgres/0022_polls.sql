-- A poll is a message, its question. The column has the poll as JSON, as everybody sees it, with its counts; it is empty where the message
-- is deleted, and null where it is no poll.
ALTER TABLE messages ADD COLUMN poll TEXT;

-- Who voted for what. The order and the time are 0 in an anonymous poll: there the rows only hinder that a person votes twice.
CREATE TABLE poll_votes (
  room_id   BIGINT NOT NULL,
  seq       BIGINT NOT NULL,    -- of the message
  user_id   BIGINT NOT NULL,
  option_id BIGINT NOT NULL,    -- 1, 2, 3 … in the order of the poll
  voted_seq BIGINT NOT NULL,    -- of the log entry that tells of it
  at        BIGINT NOT NULL,    -- unix milliseconds, UTC
  PRIMARY KEY (room_id, seq, user_id, option_id)
);
CREATE INDEX poll_votes_listed ON poll_votes (room_id, seq, option_id, voted_seq);
