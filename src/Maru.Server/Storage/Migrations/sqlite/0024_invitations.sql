-- Links by which people come into a room. A row goes with its room, with its maker's membership, and some time after it is of no more use.
CREATE TABLE invitations (
  room_id    INTEGER NOT NULL REFERENCES rooms (id),
  number     INTEGER NOT NULL,      -- in its room, never given again
  code       TEXT NOT NULL,         -- 144 random bits, as in the link
  user_id    INTEGER NOT NULL REFERENCES users (id),    -- who made it
  made_at    INTEGER NOT NULL,      -- unix milliseconds, UTC, as the next ones
  expires_at INTEGER,               -- null: it does not end by itself
  max_uses   INTEGER,               -- null: any number
  uses       INTEGER NOT NULL DEFAULT 0,
  used_at    INTEGER,
  PRIMARY KEY (room_id, number)
) WITHOUT ROWID;
CREATE UNIQUE INDEX invitations_by_code ON invitations (code);
CREATE INDEX invitations_expired ON invitations (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX invitations_used_up ON invitations (used_at) WHERE uses >= max_uses;

-- How many invitations the room has had.
ALTER TABLE rooms ADD COLUMN invitations INTEGER NOT NULL DEFAULT 0;

-- By which of them a member came, where a system message tells that they did: the uses are recounted from it.
ALTER TABLE messages ADD COLUMN invitation INTEGER;
CREATE INDEX messages_by_invitation ON messages (room_id, invitation) WHERE invitation IS NOT NULL;

-- 1, where a system message tells that somebody is out: by a ban.
ALTER TABLE messages ADD COLUMN banned INTEGER;
ALTER TABLE bans ADD COLUMN reason TEXT;

-- When a session was used last that is forgotten by now: an owner who hides their presence is missed no sooner than others.
ALTER TABLE users ADD COLUMN session_at INTEGER;
UPDATE users SET session_at = CAST(strftime('%s', 'now') AS INTEGER) * 1000 WHERE hides_presence <> 0;
