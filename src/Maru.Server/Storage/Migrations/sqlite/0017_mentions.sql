-- Whom which message mentions: one row a person, and one with the user 0 where it mentions all members. Nobody mentions themselves.
CREATE TABLE mentions (
  room_id   INTEGER NOT NULL,
  seq       INTEGER NOT NULL,     -- of the message
  user_id   INTEGER NOT NULL,
  number    INTEGER NOT NULL,     -- the message's: whoever has a position at or behind it has read it
  sender_id INTEGER NOT NULL,
  at        INTEGER NOT NULL,     -- when the message was sent, unix milliseconds, UTC
  entry_seq INTEGER NOT NULL,     -- of the log entry that made the mention: the message's own, or an edit's
  PRIMARY KEY (room_id, seq, user_id)
) WITHOUT ROWID;
CREATE INDEX mentions_counted ON mentions (room_id, user_id, number, sender_id);
CREATE INDEX mentions_listed ON mentions (room_id, user_id, at, seq);
CREATE INDEX mentions_made ON mentions (room_id, entry_seq);

-- The same with its places in the text, as clients get it. Null: nobody.
ALTER TABLE messages ADD COLUMN mentions TEXT;
