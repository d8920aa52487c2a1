-- How far each member has read. What is unread follows from the messages' numbers, without a row for a reader and a message.
-- Times are unix milliseconds, UTC.

ALTER TABLE members ADD COLUMN join_seq INTEGER;                          -- the end of the room's log when they joined
ALTER TABLE members ADD COLUMN join_number INTEGER NOT NULL DEFAULT 0;    -- of the room's last message then
ALTER TABLE members ADD COLUMN read_seq INTEGER NOT NULL DEFAULT 0;       -- the position: they have read up to here
ALTER TABLE members ADD COLUMN read_number INTEGER NOT NULL DEFAULT 0;    -- of the room's last message up to here
ALTER TABLE members ADD COLUMN read_at INTEGER;                           -- when the position last moved; null: it never has
-- Their own messages behind the position, up to own_counts.seq: those are not unread.
ALTER TABLE members ADD COLUMN own INTEGER NOT NULL DEFAULT 0;

-- Up to which entry each room's messages are counted in members.own; no row: none.
CREATE TABLE own_counts (room_id INTEGER PRIMARY KEY REFERENCES rooms (id), seq INTEGER NOT NULL);

-- Members by position, as numbers, and how many are at each: triggers keep them, also for older programs.
CREATE TABLE read_positions (
  room_id INTEGER NOT NULL,
  number  INTEGER NOT NULL,
  members INTEGER NOT NULL,
  PRIMARY KEY (room_id, number)
) WITHOUT ROWID;

-- Until now nobody had a position: everybody has read everything.
UPDATE members SET join_seq = 0, read_seq = h.last_seq, read_number = h.messages, read_at = h.last_at
FROM room_heads h WHERE h.room_id = members.room_id;
INSERT INTO own_counts (room_id, seq) SELECT room_id, last_seq FROM room_heads WHERE last_seq > 0;
INSERT INTO read_positions (room_id, number, members) SELECT room_id, read_number, count(*) FROM members GROUP BY room_id, read_number;

CREATE INDEX members_by_position ON members (room_id, read_number, user_id);
CREATE INDEX messages_deleted ON messages (room_id, number, sender_id) WHERE deleted_at IS NOT NULL;

CREATE TRIGGER members_come AFTER INSERT ON members BEGIN
  INSERT INTO read_positions (room_id, number, members) VALUES (new.room_id, new.read_number, 1)
  ON CONFLICT (room_id, number) DO UPDATE SET members = members + 1;
  -- Of an older program, which says nothing of positions.
  UPDATE members SET join_seq = h.last_seq, join_number = h.messages, read_seq = h.last_seq, read_number = h.messages
  FROM room_heads h
  WHERE h.room_id = new.room_id AND members.room_id = new.room_id AND members.user_id = new.user_id AND members.join_seq IS NULL;
END;
CREATE TRIGGER members_read AFTER UPDATE OF read_number ON members WHEN old.read_number <> new.read_number BEGIN
  UPDATE read_positions SET members = members - 1 WHERE room_id = old.room_id AND number = old.read_number;
  DELETE FROM read_positions WHERE room_id = old.room_id AND number = old.read_number AND members = 0;
  INSERT INTO read_positions (room_id, number, members) VALUES (new.room_id, new.read_number, 1)
  ON CONFLICT (room_id, number) DO UPDATE SET members = members + 1;
END;
CREATE TRIGGER members_go AFTER DELETE ON members BEGIN
  UPDATE read_positions SET members = members - 1 WHERE room_id = old.room_id AND number = old.read_number;
  DELETE FROM read_positions WHERE room_id = old.room_id AND number = old.read_number AND members = 0;
END;
