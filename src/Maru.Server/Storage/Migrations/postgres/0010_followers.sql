-- Times are unix milliseconds, UTC.

-- Who reads the rooms' logs beside the path. The one that has the lease works for it.
CREATE TABLE followers (
  name        TEXT COLLATE "C" PRIMARY KEY,
  node        TEXT,                          -- the node that had the lease last
  lease_until BIGINT NOT NULL DEFAULT 0
);

-- The last entry that a follower handled in each room; no row: none. Changed in its place on the page.
CREATE TABLE follower_positions (
  follower TEXT COLLATE "C" NOT NULL REFERENCES followers (name),
  room_id  BIGINT NOT NULL,
  seq      BIGINT NOT NULL,
  PRIMARY KEY (follower, room_id)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
