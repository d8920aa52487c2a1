-- Times are unix milliseconds, UTC.

CREATE TABLE users (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  handle         TEXT NOT NULL UNIQUE,   -- a deleted user's is 'deleted:' and the id, which nobody can sign up with
  name           TEXT NOT NULL,
  name_key       TEXT NOT NULL,          -- the name in lower case, for the directory's search
  email          TEXT UNIQUE,
  password_hash  TEXT,                   -- null: cannot sign in by password
  status_message TEXT,
  avatar_url     TEXT,
  role           TEXT NOT NULL DEFAULT 'user' CHECK (role IN ('user', 'admin')),
  created_at     INTEGER NOT NULL,
  deleted_at     INTEGER
);
CREATE INDEX users_by_name ON users (name_key);

-- A row a signed-in device. Ids are never used again: access tokens carry them.
CREATE TABLE sessions (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id      INTEGER NOT NULL REFERENCES users (id),
  device       TEXT NOT NULL,
  refresh_hash BLOB NOT NULL UNIQUE,     -- SHA-256 of the one refresh token that is good now
  created_at   INTEGER NOT NULL,
  used_at      INTEGER NOT NULL,
  expires_at   INTEGER NOT NULL,
  ended_at     INTEGER
);
CREATE INDEX sessions_by_user ON sessions (user_id, ended_at);
CREATE INDEX sessions_by_end ON sessions (ended_at) WHERE ended_at IS NOT NULL;

-- SHA-256 of the refresh tokens that were exchanged: who shows one again has stolen it, or was robbed of it.
CREATE TABLE spent_refresh_tokens (
  hash       BLOB PRIMARY KEY,
  session_id INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX spent_refresh_tokens_by_session ON spent_refresh_tokens (session_id);
