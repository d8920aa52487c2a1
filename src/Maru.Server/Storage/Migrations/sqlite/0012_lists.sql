-- A page of a list costs the same however large the store is: each list has an index in its order, and searches have tables of their own.

-- 1 to 200, to take names to pieces.
CREATE TABLE positions (n INTEGER PRIMARY KEY);
WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 200)
INSERT INTO positions (n) SELECT n FROM counted;

-- What people and public rooms are found by: of each position in a handle or name the next 16 characters. So names that contain a text are
-- one range of the table. Triggers keep them, also for older programs; docs/adr/0014 says why.
CREATE TABLE user_parts (part TEXT NOT NULL, user_id INTEGER NOT NULL, PRIMARY KEY (part, user_id)) WITHOUT ROWID;
CREATE TABLE room_parts (part TEXT NOT NULL, room_id INTEGER NOT NULL, PRIMARY KEY (part, room_id)) WITHOUT ROWID;

INSERT INTO user_parts (part, user_id)
SELECT substr(u.handle, p.n, 16) AS part, u.id FROM users u JOIN positions p ON p.n <= length(u.handle) WHERE u.deleted_at IS NULL
UNION
SELECT substr(u.name_key, p.n, 16), u.id FROM users u JOIN positions p ON p.n <= length(u.name_key) WHERE u.deleted_at IS NULL
ORDER BY 1, 2;
INSERT INTO room_parts (part, room_id)
SELECT DISTINCT substr(r.name_key, p.n, 16), r.id FROM rooms r JOIN positions p ON p.n <= length(r.name_key)
WHERE r.visibility = 'public' AND r.deleted_at IS NULL
ORDER BY 1, 2;

CREATE TRIGGER user_parts_made AFTER INSERT ON users WHEN new.deleted_at IS NULL BEGIN
  INSERT INTO user_parts (part, user_id)
  SELECT substr(new.handle, n, 16), new.id FROM positions WHERE n <= length(new.handle)
  UNION SELECT substr(new.name_key, n, 16), new.id FROM positions WHERE n <= length(new.name_key);
END;
CREATE TRIGGER user_parts_changed AFTER UPDATE OF handle, name_key, deleted_at ON users BEGIN
  DELETE FROM user_parts WHERE user_id = old.id AND part IN (
    SELECT substr(old.handle, n, 16) FROM positions WHERE n <= length(old.handle)
    UNION SELECT substr(old.name_key, n, 16) FROM positions WHERE n <= length(old.name_key));
  INSERT INTO user_parts (part, user_id)
  SELECT substr(new.handle, n, 16), new.id FROM positions WHERE n <= length(new.handle) AND new.deleted_at IS NULL
  UNION SELECT substr(new.name_key, n, 16), new.id FROM positions WHERE n <= length(new.name_key) AND new.deleted_at IS NULL;
END;
CREATE TRIGGER user_parts_gone AFTER DELETE ON users BEGIN
  DELETE FROM user_parts WHERE user_id = old.id AND part IN (
    SELECT substr(old.handle, n, 16) FROM positions WHERE n <= length(old.handle)
    UNION SELECT substr(old.name_key, n, 16) FROM positions WHERE n <= length(old.name_key));
END;

CREATE TRIGGER room_parts_made AFTER INSERT ON rooms WHEN new.visibility = 'public' AND new.deleted_at IS NULL BEGIN
  INSERT INTO room_parts (part, room_id)
  SELECT DISTINCT substr(new.name_key, n, 16), new.id FROM positions WHERE n <= length(new.name_key);
END;
CREATE TRIGGER room_parts_changed AFTER UPDATE OF name_key, visibility, deleted_at ON rooms BEGIN
  DELETE FROM room_parts WHERE room_id = old.id AND part IN (
    SELECT substr(old.name_key, n, 16) FROM positions WHERE n <= length(old.name_key));
  INSERT INTO room_parts (part, room_id)
  SELECT DISTINCT substr(new.name_key, n, 16), new.id FROM positions
  WHERE n <= length(new.name_key) AND new.visibility = 'public' AND new.deleted_at IS NULL;
END;

-- When a room was last active, as the list of public rooms sorts by it: some seconds behind room_heads.last_at, which every message moves
-- and which therefore has no index.
ALTER TABLE rooms ADD COLUMN active_at INTEGER NOT NULL DEFAULT 0;
UPDATE rooms SET active_at = coalesce((SELECT h.last_at FROM room_heads h WHERE h.room_id = rooms.id), 0);

CREATE INDEX rooms_listed_by_activity ON rooms (active_at, id) WHERE visibility = 'public' AND deleted_at IS NULL;
CREATE INDEX rooms_listed_by_age ON rooms (created_at, id) WHERE visibility = 'public' AND deleted_at IS NULL;
CREATE INDEX rooms_listed_by_members ON rooms (member_count, id) WHERE visibility = 'public' AND deleted_at IS NULL;
CREATE INDEX rooms_listed_by_name ON rooms (name_key, id) WHERE visibility = 'public' AND deleted_at IS NULL;
CREATE INDEX users_listed ON users (handle) WHERE deleted_at IS NULL;
DROP INDEX rooms_by_name;
DROP INDEX users_by_name;
