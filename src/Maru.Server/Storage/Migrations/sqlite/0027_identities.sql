-- Users whom another issuer's tokens name. The row outlives the account: its subject then is a hash, and is given to nobody.
CREATE TABLE external_identities (
  issuer      TEXT NOT NULL,
  subject     TEXT NOT NULL,
  user_id     INTEGER NOT NULL REFERENCES users (id),
  created_at  INTEGER NOT NULL,              -- unix milliseconds, UTC
  name        TEXT,                     -- as the issuer said it last, with the picture
  avatar_url  TEXT,
  claimed_at  INTEGER NOT NULL,              -- unix seconds: when the token that said so was issued
  ended_until INTEGER NOT NULL DEFAULT 0,    -- unix seconds: tokens that were issued until then are refused
  ended_at    INTEGER,                       -- unix milliseconds: when that was decided
  end_reason  TEXT,
  PRIMARY KEY (issuer, subject)
) WITHOUT ROWID;
CREATE INDEX external_identities_by_user ON external_identities (user_id);
CREATE INDEX external_identities_by_end ON external_identities (ended_at) WHERE ended_at IS NOT NULL;
