-- How many replies to a message are not deleted, kept with it: a page has them at no cost. Null or 0: none. A reply has it from the start,
-- so that one without is an older program's, which does not count.
ALTER TABLE messages ADD COLUMN replies INTEGER;

-- Where a forwarded text was said first. Null: here.
ALTER TABLE messages ADD COLUMN origin_sender_id INTEGER;
ALTER TABLE messages ADD COLUMN origin_at INTEGER;             -- unix milliseconds, UTC
ALTER TABLE messages ADD COLUMN origin_room_id INTEGER;
ALTER TABLE messages ADD COLUMN origin_seq INTEGER;

-- Threads in their order. Only replies are in it.
CREATE INDEX messages_replies ON messages (room_id, reply_to, seq) WHERE reply_to IS NOT NULL;

UPDATE messages SET replies = 0 WHERE reply_to IS NOT NULL;
UPDATE messages SET replies = x.replies
FROM (
  SELECT room_id, reply_to, count(*) AS replies FROM messages WHERE reply_to IS NOT NULL AND deleted_at IS NULL GROUP BY 1, 2) x
WHERE messages.room_id = x.room_id AND messages.seq = x.reply_to;

-- Also for older programs. What one of them appends to an embedded store is counted by maru audit alone: a trigger would cost every message.
CREATE TRIGGER replies_deleted AFTER UPDATE OF deleted_at ON messages
WHEN new.reply_to IS NOT NULL AND old.deleted_at IS NULL AND new.deleted_at IS NOT NULL BEGIN
  UPDATE messages SET replies = replies - 1 WHERE room_id = new.room_id AND seq = new.reply_to;
END;
