-- Messages to be sent later. A row goes in the transaction that appends its message, when its owner cancels it, and with the room and the
-- account. Times are unix milliseconds, UTC.
CREATE TABLE scheduled (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,   -- never given again
  user_id      INTEGER NOT NULL REFERENCES users (id),
  room_id      INTEGER NOT NULL REFERENCES rooms (id),
  at           INTEGER NOT NULL,        -- when it is to be sent
  due_at       INTEGER NOT NULL,        -- when it is tried next: later than that where the room was slow
  text         TEXT NOT NULL,
  reply_to     INTEGER,                 -- the seq of the message that it answers
  client_key   TEXT,                    -- of the message
  content_hash INTEGER,                 -- goes with the key: of what was asked for at first
  version      INTEGER NOT NULL,        -- grows with each change
  failed       TEXT                     -- the slug of the problem for which it was not sent; null: it waits
);
CREATE INDEX scheduled_due ON scheduled (due_at, id) WHERE failed IS NULL;
CREATE INDEX scheduled_listed ON scheduled (user_id, at, id);
CREATE UNIQUE INDEX scheduled_by_key ON scheduled (room_id, user_id, client_key);
