-- Settings of rooms, and each member's own settings of a room. Times are unix milliseconds, UTC.

ALTER TABLE rooms ADD COLUMN topic TEXT NOT NULL DEFAULT '';
ALTER TABLE rooms ADD COLUMN avatar_url TEXT;

-- Who may write, which each commit reads with the head.
ALTER TABLE room_heads ADD COLUMN slow_mode INTEGER NOT NULL DEFAULT 0;     -- seconds between two messages of one member; 0: no wait
ALTER TABLE room_heads ADD COLUMN read_only INTEGER NOT NULL DEFAULT 0;     -- 1: only owner and admins write

-- When members wrote last in rooms with slow mode, owner and admins left out. A row outlives its membership while its wait lasts: whoever
-- leaves and comes back has not waited.
CREATE TABLE slow_turns (
  room_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  PRIMARY KEY (room_id, user_id)
) WITHOUT ROWID;
CREATE INDEX slow_turns_over ON slow_turns (room_id, at);

-- What members set for themselves; no row: nothing. Rows go with the membership and with the room.
CREATE TABLE room_settings (
  user_id       INTEGER NOT NULL,
  room_id       INTEGER NOT NULL,
  notify        TEXT NOT NULL,      -- all, mentions or nothing
  mute_until    INTEGER,            -- null: not muted
  hidden_number INTEGER,            -- hidden until the room has a message with a higher number; null: not hidden
  favourite     INTEGER NOT NULL,   -- 1: yes
  PRIMARY KEY (user_id, room_id)
) WITHOUT ROWID;
CREATE INDEX room_settings_of_room ON room_settings (room_id, user_id);
