-- What others delete, and whom they mention, is counted by blocks of 256 of a room's messages: whoever counts it behind a position adds up
-- the blocks behind it, and looks at single messages of the position's own block only.

CREATE TABLE deleted_blocks (
  room_id  BIGINT NOT NULL,
  block    BIGINT NOT NULL,        -- of the messages' numbers, number / 256
  messages BIGINT NOT NULL,
  PRIMARY KEY (room_id, block)
) WITH (fillfactor = 50);

-- As in mentions, the user 0 stands for all members.
CREATE TABLE mention_blocks (
  room_id  BIGINT NOT NULL,
  user_id  BIGINT NOT NULL,
  block    BIGINT NOT NULL,
  mentions BIGINT NOT NULL,
  PRIMARY KEY (room_id, user_id, block)
) WITH (fillfactor = 50);

-- What is told to every session (by key only) is wrong for a whole table.
SET LOCAL enable_seqscan = on;
SET LOCAL enable_hashjoin = on;
SET LOCAL enable_mergejoin = on;

INSERT INTO deleted_blocks (room_id, block, messages)
SELECT room_id, number / 256, count(*) FROM messages WHERE deleted_at IS NOT NULL GROUP BY 1, 2;
INSERT INTO mention_blocks (room_id, user_id, block, mentions)
SELECT room_id, user_id, number / 256, count(*) FROM mentions WHERE user_id >= 0 GROUP BY 1, 2, 3;

-- One's own do not count.
CREATE INDEX messages_deleted_of ON messages (room_id, sender_id, number) WHERE deleted_at IS NOT NULL;
CREATE INDEX mentions_of_all ON mentions (room_id, sender_id, number) WHERE user_id = 0;

-- Also for older programs.
CREATE FUNCTION count_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO deleted_blocks AS b (room_id, block, messages) VALUES (new.room_id, new.number / 256, 1)
  ON CONFLICT (room_id, block) DO UPDATE SET messages = b.messages + 1;
  RETURN NULL;
END $$;
CREATE TRIGGER messages_deleted_counted AFTER UPDATE OF deleted_at ON messages FOR EACH ROW
  WHEN (old.deleted_at IS NULL AND new.deleted_at IS NOT NULL) EXECUTE FUNCTION count_deleted();

-- Once a statement, however many mentions it makes. Rows are locked in the order of their keys.
CREATE FUNCTION count_mentions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO mention_blocks AS b (room_id, user_id, block, mentions)
    SELECT room_id, user_id, number / 256, count(*) FROM newer WHERE user_id >= 0 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (room_id, user_id, block) DO UPDATE SET mentions = b.mentions + excluded.mentions;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO mention_blocks AS b (room_id, user_id, block, mentions)
    SELECT room_id, user_id, number / 256, -count(*) FROM older WHERE user_id >= 0 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (room_id, user_id, block) DO UPDATE SET mentions = b.mentions + excluded.mentions;
    DELETE FROM mention_blocks b USING (SELECT DISTINCT room_id, user_id, number / 256 AS block FROM older) x
    WHERE b.room_id = x.room_id AND b.user_id = x.user_id AND b.block = x.block AND b.mentions = 0;
  ELSE
    INSERT INTO mention_blocks AS b (room_id, user_id, block, mentions)
    SELECT room_id, user_id, number / 256, sum(change) FROM (
      SELECT room_id, user_id, number, 1 AS change FROM newer
      UNION ALL SELECT room_id, user_id, number, -1 FROM older) x
    WHERE user_id >= 0 GROUP BY 1, 2, 3 HAVING sum(change) <> 0 ORDER BY 1, 2, 3
    ON CONFLICT (room_id, user_id, block) DO UPDATE SET mentions = b.mentions + excluded.mentions;
    DELETE FROM mention_blocks b USING (SELECT DISTINCT room_id, user_id, number / 256 AS block FROM older) x
    WHERE b.room_id = x.room_id AND b.user_id = x.user_id AND b.block = x.block AND b.mentions = 0;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER mentions_come AFTER INSERT ON mentions REFERENCING NEW TABLE AS newer
  FOR EACH STATEMENT EXECUTE FUNCTION count_mentions();
CREATE TRIGGER mentions_change AFTER UPDATE ON mentions REFERENCING OLD TABLE AS older NEW TABLE AS newer
  FOR EACH STATEMENT EXECUTE FUNCTION count_mentions();
CREATE TRIGGER mentions_go AFTER DELETE ON mentions REFERENCING OLD TABLE AS older
  FOR EACH STATEMENT EXECUTE FUNCTION count_mentions();
