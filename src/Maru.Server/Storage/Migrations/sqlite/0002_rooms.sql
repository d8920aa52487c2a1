-- Times are unix milliseconds, UTC.

CREATE TABLE rooms (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  kind          TEXT NOT NULL CHECK (kind IN ('group', 'direct')),
  name          TEXT NOT NULL,
  name_key      TEXT NOT NULL,          -- the name in lower case, for the list's search
  description   TEXT NOT NULL DEFAULT '',
  visibility    TEXT NOT NULL CHECK (visibility IN ('public', 'private')),
  password_hash TEXT,                   -- null: no password
  direct_key    TEXT UNIQUE,            -- of a direct room: both user ids, the lower first, as '1:2'
  member_count  INTEGER NOT NULL DEFAULT 0,
  created_at    INTEGER NOT NULL,
  deleted_at    INTEGER
);
CREATE INDEX rooms_by_name ON rooms (name_key) WHERE visibility = 'public' AND deleted_at IS NULL;

-- Apart from rooms and narrow: every message changes it. last_seq is the end of the room's log: 1, 2, 3 … without gaps.
CREATE TABLE room_heads (
  room_id  INTEGER PRIMARY KEY REFERENCES rooms (id),
  last_seq INTEGER NOT NULL DEFAULT 0,
  last_at  INTEGER NOT NULL
);

CREATE TABLE members (
  room_id   INTEGER NOT NULL REFERENCES rooms (id),
  user_id   INTEGER NOT NULL REFERENCES users (id),
  role      TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
  joined_at INTEGER NOT NULL,
  PRIMARY KEY (room_id, user_id)
) WITHOUT ROWID;
CREATE INDEX members_by_user ON members (user_id, room_id);

CREATE TABLE bans (
  room_id   INTEGER NOT NULL REFERENCES rooms (id),
  user_id   INTEGER NOT NULL REFERENCES users (id),
  banned_by INTEGER NOT NULL REFERENCES users (id),
  banned_at INTEGER NOT NULL,
  PRIMARY KEY (room_id, user_id)
) WITHOUT ROWID;

-- What a room's history shows: messages, and what the system says of members and the room. Appended in the order of commits: see docs/adr/0003.
CREATE TABLE messages (
  id           INTEGER PRIMARY KEY,
  room_id      INTEGER NOT NULL,
  seq          INTEGER NOT NULL,
  type         INTEGER NOT NULL,        -- 0 message, 1 joined, 2 left, 3 room changed
  sender_id    INTEGER NOT NULL,
  at           INTEGER NOT NULL,
  text         TEXT NOT NULL,
  reply_to     INTEGER,
  client_key   TEXT,
  content_hash INTEGER,                 -- of what was first sent under client_key
  edited_at    INTEGER,
  deleted_at   INTEGER,
  subject_id   INTEGER,                 -- whom a system message is about
  room_state   TEXT                     -- the room after a change, as JSON
);
CREATE UNIQUE INDEX messages_by_seq ON messages (room_id, seq);

-- Log entries that change a message and are not shown by themselves.
CREATE TABLE changes (
  room_id    INTEGER NOT NULL,
  seq        INTEGER NOT NULL,
  type       INTEGER NOT NULL,          -- 4 edited, 5 deleted, 6 the room itself deleted
  target_seq INTEGER,
  actor_id   INTEGER NOT NULL,
  at         INTEGER NOT NULL,
  PRIMARY KEY (room_id, seq)
) WITHOUT ROWID;

-- The first use of each client key, for ever. Filled a little later than messages, in key order; the watermark says up to which message.
CREATE TABLE message_keys (
  room_id      INTEGER NOT NULL,
  sender_id    INTEGER NOT NULL,
  client_key   TEXT NOT NULL,
  seq          INTEGER NOT NULL,
  content_hash INTEGER NOT NULL,
  PRIMARY KEY (room_id, sender_id, client_key)
) WITHOUT ROWID;
CREATE TABLE message_keys_watermark (message_id INTEGER NOT NULL);
INSERT INTO message_keys_watermark VALUES (0);
