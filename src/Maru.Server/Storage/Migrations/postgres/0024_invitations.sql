-- Links by which people come into a room. A row goes with its room, with its maker's membership, and some time after it is of no more use.
CREATE TABLE invitations (
  room_id    BIGINT NOT NULL REFERENCES rooms (id),
  number     BIGINT NOT NULL,             -- in its room, never given again
  code       TEXT COLLATE "C" NOT NULL,   -- 144 random bits, as in the link
  user_id    BIGINT NOT NULL REFERENCES users (id),  -- who made it
  made_at    BIGINT NOT NULL,             -- unix milliseconds, UTC, as the next ones
  expires_at BIGINT,                      -- null: it does not end by itself
  max_uses   BIGINT,                      -- null: any number
  uses       BIGINT NOT NULL DEFAULT 0,
  used_at    BIGINT,
  PRIMARY KEY (room_id, number)
);
CREATE UNIQUE INDEX invitations_by_code ON invitations (code);
CREATE INDEX invitations_expired ON invitations (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX invitations_used_up ON invitations (used_at) WHERE uses >= max_uses;

-- How many invitations the room has had.
ALTER TABLE rooms ADD COLUMN invitations BIGINT NOT NULL DEFAULT 0;

-- By which of them a member came, where a system message tells that they did: the uses are recounted from it.
ALTER TABLE messages ADD COLUMN invitation BIGINT;
CREATE INDEX messages_by_invitation ON messages (room_id, invitation) WHERE invitation IS NOT NULL;

-- 1, where a system message tells that somebody is out: by a ban.
ALTER TABLE messages ADD COLUMN banned BIGINT;
ALTER TABLE bans ADD COLUMN reason TEXT;

-- When a session was used last that is forgotten by now: an owner who hides their presence is missed no sooner than others.
ALTER TABLE users ADD COLUMN session_at BIGINT;
UPDATE users SET session_at = CAST(extract(epoch FROM now()) AS BIGINT) * 1000 WHERE hides_presence <> 0;
