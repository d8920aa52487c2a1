-- What one node tells the others, for some minutes. A store of one node's own has nothing in it.
CREATE TABLE notices (
  id      INTEGER PRIMARY KEY,
  at      INTEGER NOT NULL,       -- unix milliseconds, UTC
  payload TEXT NOT NULL
);
