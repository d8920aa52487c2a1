-- How far each member has read. What is unread follows from the messages' numbers, without a row for a reader and a message.
-- Times are unix milliseconds, UTC.

ALTER TABLE members ADD COLUMN join_seq BIGINT;                          -- the end of the room's log when they joined
ALTER TABLE members ADD COLUMN join_number BIGINT NOT NULL DEFAULT 0;    -- of the room's last message then
ALTER TABLE members ADD COLUMN read_seq BIGINT NOT NULL DEFAULT 0;       -- the position: they have read up to here
ALTER TABLE members ADD COLUMN read_number BIGINT NOT NULL DEFAULT 0;    -- of the room's last message up to here
ALTER TABLE members ADD COLUMN read_at BIGINT;                           -- when the position last moved; null: it never has
-- Their own messages behind the position, up to own_counts.seq: those are not unread.
ALTER TABLE members ADD COLUMN own BIGINT NOT NULL DEFAULT 0;

-- Up to which entry each room's messages are counted in members.own; no row: none.
CREATE TABLE own_counts (room_id BIGINT PRIMARY KEY REFERENCES rooms (id), seq BIGINT NOT NULL) WITH (fillfactor = 50);

-- Members by position, as numbers, and how many are at each: triggers keep them, also for older programs.
CREATE TABLE read_positions (
  room_id BIGINT NOT NULL,
  number  BIGINT NOT NULL,
  members BIGINT NOT NULL,
  PRIMARY KEY (room_id, number)
) WITH (fillfactor = 50);

-- What is told to every session (by key only) is wrong for a whole table.
SET LOCAL enable_seqscan = on;
SET LOCAL enable_hashjoin = on;
SET LOCAL enable_mergejoin = on;

-- Until now nobody had a position: everybody has read everything.
UPDATE members SET join_seq = 0, read_seq = h.last_seq, read_number = h.messages, read_at = h.last_at
FROM room_heads h WHERE h.room_id = members.room_id;
INSERT INTO own_counts (room_id, seq) SELECT room_id, last_seq FROM room_heads WHERE last_seq > 0;
INSERT INTO read_positions (room_id, number, members) SELECT room_id, read_number, count(*) FROM members GROUP BY room_id, read_number;

CREATE INDEX members_by_position ON members (room_id, read_number, user_id);
CREATE INDEX messages_deleted ON messages (room_id, number, sender_id) WHERE deleted_at IS NOT NULL;

-- Of an older program, which says nothing of positions.
CREATE FUNCTION place_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT last_seq, messages, last_seq, messages INTO new.join_seq, new.join_number, new.read_seq, new.read_number
  FROM room_heads WHERE room_id = new.room_id;
  RETURN new;
END $$;
CREATE TRIGGER members_placed BEFORE INSERT ON members FOR EACH ROW WHEN (new.join_seq IS NULL) EXECUTE FUNCTION place_member();

-- Once a statement, however many members it moves. Rows are locked in the order of their keys.
CREATE FUNCTION count_positions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO read_positions AS p (room_id, number, members)
    SELECT room_id, read_number, count(*) FROM newer GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (room_id, number) DO UPDATE SET members = p.members + excluded.members;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO read_positions AS p (room_id, number, members)
    SELECT room_id, read_number, -count(*) FROM older GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (room_id, number) DO UPDATE SET members = p.members + excluded.members;
    DELETE FROM read_positions p USING (SELECT DISTINCT room_id, read_number FROM older) x
    WHERE p.room_id = x.room_id AND p.number = x.read_number AND p.members = 0;
  ELSE
    INSERT INTO read_positions AS p (room_id, number, members)
    SELECT room_id, read_number, sum(change) FROM (
      SELECT room_id, read_number, 1 AS change FROM newer UNION ALL SELECT room_id, read_number, -1 FROM older) x
    GROUP BY 1, 2 HAVING sum(change) <> 0 ORDER BY 1, 2
    ON CONFLICT (room_id, number) DO UPDATE SET members = p.members + excluded.members;
    DELETE FROM read_positions p USING (SELECT DISTINCT room_id, read_number FROM older) x
    WHERE p.room_id = x.room_id AND p.number = x.read_number AND p.members = 0;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER members_come AFTER INSERT ON members REFERENCING NEW TABLE AS newer
  FOR EACH STATEMENT EXECUTE FUNCTION count_positions();
CREATE TRIGGER members_read AFTER UPDATE ON members REFERENCING OLD TABLE AS older NEW TABLE AS newer
  FOR EACH STATEMENT EXECUTE FUNCTION count_positions();
CREATE TRIGGER members_go AFTER DELETE ON members REFERENCING OLD TABLE AS older
  FOR EACH STATEMENT EXECUTE FUNCTION count_positions();
