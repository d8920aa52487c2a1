-- Times are unix milliseconds, UTC.

-- 1: the person does not show whether they are there.
ALTER TABLE users ADD COLUMN hides_presence INTEGER NOT NULL DEFAULT 0;

-- When people were connected last: written when they have gone, many at once.
CREATE TABLE last_seen (
  user_id INTEGER PRIMARY KEY REFERENCES users (id),
  at      INTEGER NOT NULL
);

-- Who is connected to each node, as of a few seconds ago: when the node dies, they were there until then.
CREATE TABLE present (
  node  TEXT PRIMARY KEY,
  at    INTEGER NOT NULL,
  users BLOB NOT NULL       -- ids in order, each as its distance from the one before
);
