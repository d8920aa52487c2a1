-- Who reacted to which message with what: each user with each emoji once.
CREATE TABLE reactions (
  room_id   BIGINT NOT NULL,
  seq       BIGINT NOT NULL,              -- of the message
  user_id   BIGINT NOT NULL,
  emoji     TEXT COLLATE "C" NOT NULL,    -- in one spelling: see Platform/Text/Emoji.cs
  added_seq BIGINT NOT NULL,              -- of the log entry that tells of it
  at        BIGINT NOT NULL,              -- unix milliseconds, UTC
  PRIMARY KEY (room_id, seq, user_id, emoji)
);
CREATE UNIQUE INDEX reactions_listed ON reactions (room_id, seq, emoji, added_seq);

-- Each emoji with its count, in the order in which they first came: '👍 2 🎉 1'. Null: none. A page of messages has them at no cost.
ALTER TABLE messages ADD COLUMN reactions TEXT;

-- What the entry's event tells in place of the message, as a JSON object; null: the message as it is now.
ALTER TABLE changes ADD COLUMN detail TEXT;
