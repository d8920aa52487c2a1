-- Guests have a name and no password, and may be in the rooms that allow them.
ALTER TABLE users ADD COLUMN is_guest BIGINT NOT NULL DEFAULT 0;
ALTER TABLE rooms ADD COLUMN allows_guests BIGINT NOT NULL DEFAULT 0;
CREATE INDEX users_guests ON users (id) WHERE is_guest = 1 AND deleted_at IS NULL;

-- What a person shows to others, as hides_presence: 1 hides it. And until when they want to be left alone, unix milliseconds; 0: they do not.
ALTER TABLE users ADD COLUMN hides_reads BIGINT NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN hides_last_seen BIGINT NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN quiet_until BIGINT NOT NULL DEFAULT 0;
