-- Users whom another issuer's tokens name. The row outlives the account: its subject then is a hash, and is given to nobody.
CREATE TABLE external_identities (
  issuer      TEXT COLLATE "C" NOT NULL,
  subject     TEXT COLLATE "C" NOT NULL,
  user_id     BIGINT NOT NULL REFERENCES users (id),
  created_at  BIGINT NOT NULL,              -- unix milliseconds, UTC
  name        TEXT,                     -- as the issuer said it last, with the picture
  avatar_url  TEXT,
  claimed_at  BIGINT NOT NULL,              -- unix seconds: when the token that said so was issued
  ended_until BIGINT NOT NULL DEFAULT 0,    -- unix seconds: tokens that were issued until then are refused
  ended_at    BIGINT,                       -- unix milliseconds: when that was decided
  end_reason  TEXT,
  PRIMARY KEY (issuer, subject)
);
CREATE INDEX external_identities_by_user ON external_identities (user_id);
CREATE INDEX external_identities_by_end ON external_identities (ended_at) WHERE ended_at IS NOT NULL;
