-- The index of search is made of the messages again where it is lost: it is neither moved nor saved.
CREATE TABLE search_messages (
  id      BIGINT PRIMARY KEY,       -- by the time of the message
  room_id BIGINT NOT NULL,
  seq     BIGINT NOT NULL,
  tokens  TEXT[] COLLATE "C" NOT NULL,
  UNIQUE (room_id, seq)
);
CREATE INDEX search_tokens ON search_messages USING gin (tokens) WITH (fastupdate = off);

-- The version of the tokens; no row: the index is to be made.
CREATE TABLE search_state (version BIGINT NOT NULL);
