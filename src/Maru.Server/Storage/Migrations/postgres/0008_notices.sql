-- What one node told the others and must get through, for some minutes: a node that failed to listen finds here what it missed.
CREATE TABLE notices (
  id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at      BIGINT NOT NULL,        -- unix milliseconds, UTC
  payload TEXT NOT NULL           -- as it was told: see Bus/Notice.cs
);
CREATE INDEX notices_by_time ON notices (at);
