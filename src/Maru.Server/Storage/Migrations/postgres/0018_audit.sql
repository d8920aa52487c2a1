-- What the last audit found: one row, none before the first.
CREATE TABLE last_audit (
  at    BIGINT NOT NULL,   -- when it ended, unix milliseconds, UTC
  drift BIGINT NOT NULL    -- numbers that were wrong and are not mended
);
