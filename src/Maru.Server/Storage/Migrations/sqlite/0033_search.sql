-- The index of search is made of the messages again where it is lost: it is neither moved nor saved.
-- It is in a file of its own, beside this one. Here stands how far the one is that is made: a single row.
CREATE TABLE search_state (
  version INTEGER NOT NULL,     -- of the tokens
  wanted  INTEGER NOT NULL,     -- how often it was to be made anew
  built   INTEGER NOT NULL,     -- the last time that this was completed
  room_id INTEGER NOT NULL,     -- the room and the entry up to which it is made now
  seq     INTEGER NOT NULL
);
INSERT INTO search_state VALUES (0, 0, 0, 0, 0);
