-- How many replies to a message are not deleted, kept with it: a page has them at no cost. Null or 0: none. A reply has it from the start,
-- so that one without is an older program's, which does not count.
ALTER TABLE messages ADD COLUMN replies BIGINT;

-- Where a forwarded text was said first. Null: here.
ALTER TABLE messages ADD COLUMN origin_sender_id BIGINT;
ALTER TABLE messages ADD COLUMN origin_at BIGINT;             -- unix milliseconds, UTC
ALTER TABLE messages ADD COLUMN origin_room_id BIGINT;
ALTER TABLE messages ADD COLUMN origin_seq BIGINT;

-- Threads in their order. Only replies are in it.
CREATE INDEX messages_replies ON messages (room_id, reply_to, seq) WHERE reply_to IS NOT NULL;

-- What is told to every session (by key only) is wrong for a whole table.
SET LOCAL enable_seqscan = on;
SET LOCAL enable_hashjoin = on;
SET LOCAL enable_mergejoin = on;

UPDATE messages SET replies = 0 WHERE reply_to IS NOT NULL;
UPDATE messages m SET replies = x.replies
FROM (
  SELECT room_id, reply_to, count(*) AS replies FROM messages WHERE reply_to IS NOT NULL AND deleted_at IS NULL GROUP BY 1, 2) x
WHERE m.room_id = x.room_id AND m.seq = x.reply_to;

-- Also for older programs.
CREATE FUNCTION count_reply() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    UPDATE messages SET replies = coalesce(replies, 0) + CASE WHEN seq = new.reply_to AND new.deleted_at IS NULL THEN 1 ELSE 0 END
    WHERE room_id = new.room_id AND seq IN (new.reply_to, new.seq);
  ELSE
    UPDATE messages SET replies = replies - 1 WHERE room_id = new.room_id AND seq = new.reply_to;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER replies_come AFTER INSERT ON messages FOR EACH ROW
  WHEN (new.reply_to IS NOT NULL AND new.replies IS NULL) EXECUTE FUNCTION count_reply();
CREATE TRIGGER replies_deleted AFTER UPDATE OF deleted_at ON messages FOR EACH ROW
  WHEN (new.reply_to IS NOT NULL AND old.deleted_at IS NULL AND new.deleted_at IS NOT NULL) EXECUTE FUNCTION count_reply();
