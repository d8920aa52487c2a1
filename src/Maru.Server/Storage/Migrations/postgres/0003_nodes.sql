-- Times are unix milliseconds, UTC.

-- The processes that run on this store. One that died is gone when its lease has run out.
CREATE TABLE nodes (
  id          TEXT COLLATE "C" PRIMARY KEY,
  name        TEXT NOT NULL,      -- host:process
  version     TEXT NOT NULL,
  key_id      TEXT NOT NULL,      -- of the key that it signs tokens with
  started_at  BIGINT NOT NULL,
  lease_until BIGINT NOT NULL
);

ALTER TABLE sessions ADD COLUMN end_reason TEXT;
