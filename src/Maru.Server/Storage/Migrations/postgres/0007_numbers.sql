-- needs: 7
-- Each message gets its number in its room: 1, 2, 3 … of messages alone. A program that gives none must not write: there is no default.
-- The table is made anew, in the order of its key: see docs/operations.md, Upgrading.

-- What is told to every session (by key only) is wrong for a whole table.
SET LOCAL enable_seqscan = on;
SET LOCAL enable_hashjoin = on;
SET LOCAL enable_mergejoin = on;
SET LOCAL work_mem = '256MB';
SET LOCAL maintenance_work_mem = '256MB';

ALTER TABLE messages RENAME TO unnumbered;

CREATE TABLE messages (
  room_id      BIGINT NOT NULL,
  seq          BIGINT NOT NULL,
  number       BIGINT NOT NULL,          -- of the room's last message up to here: its own, if it is one
  type         BIGINT NOT NULL,          -- 0 message, 1 joined, 2 left, 3 room changed
  sender_id    BIGINT NOT NULL,
  at           BIGINT NOT NULL,
  text         TEXT NOT NULL,
  reply_to     BIGINT,
  client_key   TEXT COLLATE "C",
  content_hash BIGINT,                   -- of what was first sent under client_key
  edited_at    BIGINT,
  deleted_at   BIGINT,
  subject_id   BIGINT,                   -- whom a system message is about
  room_state   TEXT                      -- the room after a change, as JSON
);

INSERT INTO messages (
  room_id, seq, number, type, sender_id, at, text, reply_to, client_key, content_hash, edited_at, deleted_at, subject_id, room_state)
SELECT
  room_id, seq, count(*) FILTER (WHERE type = 0) OVER (PARTITION BY room_id ORDER BY seq),
  type, sender_id, at, text, reply_to, client_key, content_hash, edited_at, deleted_at, subject_id, room_state
FROM unnumbered
ORDER BY room_id, seq;

DROP TABLE unnumbered;
ALTER TABLE messages ADD CONSTRAINT messages_pkey PRIMARY KEY (room_id, seq);
-- The first use of each client key, for ever.
CREATE UNIQUE INDEX messages_by_key ON messages (room_id, sender_id, client_key) WHERE client_key IS NOT NULL;

ANALYZE messages;

-- How many messages the room has, deleted ones too.
ALTER TABLE room_heads ADD COLUMN messages BIGINT;
UPDATE room_heads SET messages = coalesce(
  (SELECT m.number FROM messages m WHERE m.room_id = room_heads.room_id ORDER BY m.seq DESC LIMIT 1), 0);
ALTER TABLE room_heads ALTER COLUMN messages SET NOT NULL;
