-- Times are unix milliseconds, UTC.

-- Who may bring the person into group rooms, and open direct rooms with them: everyone, contacts or nobody.
ALTER TABLE users ADD COLUMN who_may_add TEXT NOT NULL DEFAULT 'everyone';
ALTER TABLE users ADD COLUMN who_may_write TEXT NOT NULL DEFAULT 'everyone';

-- 1: who asks for a contact finds the person by their e-mail address.
ALTER TABLE users ADD COLUMN find_by_email BIGINT NOT NULL DEFAULT 0;

-- Contacts and requests for them, each person's own row. Where the one who is asked blocks the one who asks, only the latter has a row.
CREATE TABLE contacts (
  user_id  BIGINT NOT NULL,
  other_id BIGINT NOT NULL,
  state    TEXT NOT NULL CHECK (state IN ('accepted', 'incoming', 'outgoing')),
  nickname TEXT,                      -- what the person calls the other one
  at       BIGINT NOT NULL,
  PRIMARY KEY (user_id, other_id)
);
CREATE INDEX contacts_by_state ON contacts (user_id, state, other_id);
CREATE INDEX contacts_of_others ON contacts (other_id, user_id);

-- Who declined whose request, for as long as it cannot be made again.
CREATE TABLE declined_contacts (
  user_id  BIGINT NOT NULL,           -- who declined
  other_id BIGINT NOT NULL,           -- who had asked
  at       BIGINT NOT NULL,
  PRIMARY KEY (user_id, other_id)
);

CREATE TABLE blocks (
  user_id  BIGINT NOT NULL,           -- who blocks
  other_id BIGINT NOT NULL,           -- who is blocked
  at       BIGINT NOT NULL,
  PRIMARY KEY (user_id, other_id)
);
CREATE INDEX blocks_of_others ON blocks (other_id, user_id);

-- Who may not write in a direct room: the user who blocks the other one; -1: each blocks the other; 0 or null: nobody. It says the same as
-- blocks, where each message finds it. bar_changes counts its changes.
ALTER TABLE room_heads ADD COLUMN barred_by BIGINT;
ALTER TABLE room_heads ADD COLUMN bar_changes BIGINT;

-- Direct rooms whose bar must be made anew: blocks changed, and the server died before it changed the room.
CREATE TABLE bars_due (
  room_id BIGINT PRIMARY KEY,
  at      BIGINT NOT NULL
);

-- Group rooms into which somebody would bring a person who wants to be asked first.
CREATE TABLE pending_members (
  user_id    BIGINT NOT NULL,
  room_id    BIGINT NOT NULL,
  inviter_id BIGINT NOT NULL,
  at         BIGINT NOT NULL,
  PRIMARY KEY (user_id, room_id)
);
CREATE INDEX pending_members_of_rooms ON pending_members (room_id, user_id);
CREATE INDEX pending_members_by_inviter ON pending_members (user_id, inviter_id);
