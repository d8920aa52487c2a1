-- The index of search is made of the messages again where it is lost: it is neither moved nor saved.
CREATE TABLE search_messages (
  id      BIGINT PRIMARY KEY,       -- by the time of the message
  room_id BIGINT NOT NULL,
  seq     BIGINT NOT NULL,
  size    BIGINT NOT NULL,          -- tokens
  tokens  TEXT[] COLLATE "C" NOT NULL,
  UNIQUE (room_id, seq)
);
CREATE INDEX search_tokens ON search_messages USING gin (tokens);

-- How far the index is that is made: a single row.
CREATE TABLE search_state (
  version BIGINT NOT NULL,      -- of the tokens
  wanted  BIGINT NOT NULL,      -- how often it was to be made anew
  built   BIGINT NOT NULL,      -- the last time that this was completed
  room_id BIGINT NOT NULL,      -- the room and the entry up to which it is made now
  seq     BIGINT NOT NULL
);
INSERT INTO search_state VALUES (0, 0, 0, 0, 0);
