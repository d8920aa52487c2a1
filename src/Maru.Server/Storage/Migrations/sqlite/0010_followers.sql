-- Times are unix milliseconds, UTC.

-- Who reads the rooms' logs beside the path. The one that has the lease works for it.
CREATE TABLE followers (
  name        TEXT PRIMARY KEY,
  node        TEXT,                     -- the node that had the lease last
  lease_until INTEGER NOT NULL DEFAULT 0
);

-- The last entry that a follower handled in each room; no row: none.
CREATE TABLE follower_positions (
  follower TEXT NOT NULL REFERENCES followers (name),
  room_id  INTEGER NOT NULL,
  seq      INTEGER NOT NULL,
  PRIMARY KEY (follower, room_id)
) WITHOUT ROWID;
