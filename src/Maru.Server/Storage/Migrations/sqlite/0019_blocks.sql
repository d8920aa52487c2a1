-- What others delete, and whom they mention, is counted by blocks of 256 of a room's messages: whoever counts it behind a position adds up
-- the blocks behind it, and looks at single messages of the position's own block only.

CREATE TABLE deleted_blocks (
  room_id  INTEGER NOT NULL,
  block    INTEGER NOT NULL,        -- of the messages' numbers, number / 256
  messages INTEGER NOT NULL,
  PRIMARY KEY (room_id, block)
) WITHOUT ROWID;

-- As in mentions, the user 0 stands for all members.
CREATE TABLE mention_blocks (
  room_id  INTEGER NOT NULL,
  user_id  INTEGER NOT NULL,
  block    INTEGER NOT NULL,
  mentions INTEGER NOT NULL,
  PRIMARY KEY (room_id, user_id, block)
) WITHOUT ROWID;

INSERT INTO deleted_blocks (room_id, block, messages)
SELECT room_id, number / 256, count(*) FROM messages WHERE deleted_at IS NOT NULL GROUP BY 1, 2;
INSERT INTO mention_blocks (room_id, user_id, block, mentions)
SELECT room_id, user_id, number / 256, count(*) FROM mentions WHERE user_id >= 0 GROUP BY 1, 2, 3;

-- One's own do not count.
CREATE INDEX messages_deleted_of ON messages (room_id, sender_id, number) WHERE deleted_at IS NOT NULL;
CREATE INDEX mentions_of_all ON mentions (room_id, sender_id, number) WHERE user_id = 0;

-- Also for older programs.
CREATE TRIGGER messages_deleted_counted AFTER UPDATE OF deleted_at ON messages
WHEN old.deleted_at IS NULL AND new.deleted_at IS NOT NULL BEGIN
  INSERT INTO deleted_blocks (room_id, block, messages) VALUES (new.room_id, new.number / 256, 1)
  ON CONFLICT (room_id, block) DO UPDATE SET messages = messages + 1;
END;
CREATE TRIGGER mentions_come AFTER INSERT ON mentions WHEN new.user_id >= 0 BEGIN
  INSERT INTO mention_blocks (room_id, user_id, block, mentions) VALUES (new.room_id, new.user_id, new.number / 256, 1)
  ON CONFLICT (room_id, user_id, block) DO UPDATE SET mentions = mentions + 1;
END;
CREATE TRIGGER mentions_go AFTER DELETE ON mentions WHEN old.user_id >= 0 BEGIN
  UPDATE mention_blocks SET mentions = mentions - 1
  WHERE room_id = old.room_id AND user_id = old.user_id AND block = old.number / 256;
  DELETE FROM mention_blocks WHERE room_id = old.room_id AND user_id = old.user_id AND block = old.number / 256 AND mentions = 0;
END;
CREATE TRIGGER mentions_change AFTER UPDATE OF user_id, number ON mentions BEGIN
  UPDATE mention_blocks SET mentions = mentions - 1
  WHERE room_id = old.room_id AND user_id = old.user_id AND block = old.number / 256;
  DELETE FROM mention_blocks WHERE room_id = old.room_id AND user_id = old.user_id AND block = old.number / 256 AND mentions = 0;
  INSERT INTO mention_blocks (room_id, user_id, block, mentions)
  SELECT new.room_id, new.user_id, new.number / 256, 1 WHERE new.user_id >= 0
  ON CONFLICT (room_id, user_id, block) DO UPDATE SET mentions = mentions + 1;
END;
