-- The run store: definitions, executions and their histories.
--
-- One process owns the file (a lock beside it says which); any number read beside it. Everything
-- but `progress` is durable truth: an execution is rebuilt by folding its history.

CREATE TABLE meta (
  name  TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A definition's text, by its hash: runs keep the text they started with.
CREATE TABLE definition (
  hash TEXT NOT NULL PRIMARY KEY CHECK (length(hash) = 32),  -- XXH3-128 of the text, hex
  text TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE execution (
  id              INTEGER PRIMARY KEY,
  run_id          TEXT    NOT NULL UNIQUE,        -- what people type; ordered by time
  name            TEXT    NOT NULL UNIQUE,        -- given with --name, else the run_id
  workflow        TEXT    NOT NULL,               -- name of the definition, for people
  definition_hash TEXT    NOT NULL REFERENCES definition (hash),
  input           TEXT    NOT NULL,               -- JSON, byte for byte as submitted
  connections     TEXT    NOT NULL,               -- path of the connections file; may be empty
  status          TEXT    NOT NULL
    CHECK (status IN ('RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')),
  started_ms      INTEGER NOT NULL,               -- Unix ms, UTC; likewise all *_ms
  ended_ms        INTEGER,
  output          TEXT,                           -- JSON, when SUCCEEDED
  error           TEXT,
  cause           TEXT,
  redrive_count   INTEGER NOT NULL DEFAULT 0 CHECK (redrive_count >= 0),
  CHECK ((status = 'RUNNING') = (ended_ms IS NULL)),
  CHECK ((status = 'SUCCEEDED') = (output IS NOT NULL))
) STRICT;

CREATE INDEX execution_running ON execution (id) WHERE status = 'RUNNING';
CREATE INDEX execution_started ON execution (started_ms);

-- What happened, append-only. One row holds the events of one execution in one turn of the engine:
-- a row an event would cost most of the time of a commit. The view `event` shows single events.
-- Rows lie in the order of commits, not by execution: a turn that has news of a thousand executions
-- then writes a few dozen pages instead of a thousand.
CREATE TABLE history (
  id           INTEGER PRIMARY KEY,
  execution_id INTEGER NOT NULL REFERENCES execution (id),
  first_id     INTEGER NOT NULL CHECK (first_id > 0),  -- 1, then last_id + 1 of the row before
  last_id      INTEGER NOT NULL,
  events       TEXT    NOT NULL,                       -- JSON array; machine/event_codec.cpp
  UNIQUE (execution_id, first_id),
  CHECK (last_id >= first_id)
) STRICT;

CREATE VIEW event AS
  SELECT history.execution_id              AS execution_id,
         history.first_id + item.key       AS id,
         item.value ->> '$.type'           AS type,
         item.value ->> '$.timestamp'      AS at_ms,
         item.value ->> '$.name'           AS name,
         item.value                        AS event
    FROM history, json_each(history.events) AS item;

-- How far open tasks have come, for `status` of another process. Written about once a second;
-- worth nothing after a crash.
CREATE TABLE progress (
  execution_id INTEGER NOT NULL REFERENCES execution (id),
  ticket       INTEGER NOT NULL,   -- id of the TaskScheduled event
  key          TEXT    NOT NULL,   -- metadata key
  phase        TEXT    NOT NULL,
  row_count    INTEGER NOT NULL,
  byte_count   INTEGER NOT NULL,
  expected     INTEGER,            -- rows, an estimate
  at_ms        INTEGER NOT NULL,
  PRIMARY KEY (execution_id, ticket)
) STRICT, WITHOUT ROWID;
