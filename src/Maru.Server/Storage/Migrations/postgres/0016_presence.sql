-- Times are unix milliseconds, UTC.

-- 1: the person does not show whether they are there.
ALTER TABLE users ADD COLUMN hides_presence BIGINT NOT NULL DEFAULT 0;

-- When people were connected last: written when they have gone, many at once. Nothing that changes is indexed.
CREATE TABLE last_seen (
  user_id BIGINT PRIMARY KEY REFERENCES users (id),
  at      BIGINT NOT NULL
) WITH (fillfactor = 70);

-- Who is connected to each node, as of a few seconds ago: when the node dies, they were there until then.
CREATE TABLE present (
  node  TEXT COLLATE "C" PRIMARY KEY,
  at    BIGINT NOT NULL,
  users BYTEA NOT NULL      -- ids in order, each as its distance from the one before
);
