-- needs: 7
-- Each message gets its number in its room: 1, 2, 3 … of messages alone. A program that gives none must not write: there is no default.
-- The table is made anew, in the same order: see docs/operations.md, Upgrading.

ALTER TABLE messages RENAME TO unnumbered;
DROP INDEX messages_by_seq;

CREATE TABLE messages (
  id           INTEGER PRIMARY KEY,
  room_id      INTEGER NOT NULL,
  seq          INTEGER NOT NULL,
  number       INTEGER NOT NULL,        -- of the room's last message up to here: its own, if it is one
  type         INTEGER NOT NULL,        -- 0 message, 1 joined, 2 left, 3 room changed
  sender_id    INTEGER NOT NULL,
  at           INTEGER NOT NULL,
  text         TEXT NOT NULL,
  reply_to     INTEGER,
  client_key   TEXT,
  content_hash INTEGER,                 -- of what was first sent under client_key
  edited_at    INTEGER,
  deleted_at   INTEGER,
  subject_id   INTEGER,                 -- whom a system message is about
  room_state   TEXT                     -- the room after a change, as JSON
);

CREATE TEMP TABLE numbers (id INTEGER PRIMARY KEY, number INTEGER NOT NULL);
INSERT INTO numbers (id, number)
SELECT id, number
FROM (SELECT id, count(*) FILTER (WHERE type = 0) OVER (PARTITION BY room_id ORDER BY seq) AS number FROM unnumbered)
ORDER BY id;

INSERT INTO messages (
  id, room_id, seq, number, type, sender_id, at, text, reply_to, client_key, content_hash, edited_at, deleted_at, subject_id, room_state)
SELECT
  u.id, u.room_id, u.seq, n.number, u.type, u.sender_id, u.at, u.text, u.reply_to, u.client_key, u.content_hash, u.edited_at, u.deleted_at,
  u.subject_id, u.room_state
FROM unnumbered u JOIN numbers n ON n.id = u.id
ORDER BY u.id;

DROP TABLE numbers;
DROP TABLE unnumbered;
CREATE UNIQUE INDEX messages_by_seq ON messages (room_id, seq);

-- How many messages the room has, deleted ones too.
ALTER TABLE room_heads ADD COLUMN messages INTEGER NOT NULL DEFAULT 0;
UPDATE room_heads SET messages = coalesce(
  (SELECT m.number FROM messages m WHERE m.room_id = room_heads.room_id ORDER BY m.seq DESC LIMIT 1), 0);
