-- What tasks hold and wait for (held = 0), of a run itself with the ticket 0. A record for readers: the
-- owner decides by what is in its memory, and the next one begins with an empty table.
CREATE TABLE slot (
  execution_id INTEGER NOT NULL,
  ticket       INTEGER NOT NULL,
  slot         TEXT NOT NULL,     -- what is counted; of one that waits: what is full, or empty
  label        TEXT NOT NULL,     -- for people; of one that waits: for what
  at_once      INTEGER,
  held         INTEGER NOT NULL,
  since_ms     INTEGER NOT NULL,
  PRIMARY KEY (execution_id, ticket, slot)
) STRICT, WITHOUT ROWID;

-- What people hold back: "server", "connection NAME", "pipeline NAME", "run ID".
CREATE TABLE hold (
  subject  TEXT PRIMARY KEY,
  mode     TEXT NOT NULL CHECK (mode IN ('pause', 'drain', 'finish')),
  since_ms INTEGER NOT NULL,
  until_ms INTEGER,               -- NULL: until it is released
  reason   TEXT NOT NULL,
  by       TEXT NOT NULL,
  checksum INTEGER NOT NULL       -- subject to by
) STRICT, WITHOUT ROWID;

-- When connections did not answer.
CREATE TABLE outage (
  connection TEXT NOT NULL,
  since_ms   INTEGER NOT NULL,
  until_ms   INTEGER,             -- NULL: it has not answered yet
  reason     TEXT NOT NULL,
  PRIMARY KEY (connection, since_ms)
) STRICT, WITHOUT ROWID;
