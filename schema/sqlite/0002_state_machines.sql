-- State machines as clients of the Step Functions API make them, and what links a run to one.

CREATE TABLE state_machine (
  id           INTEGER PRIMARY KEY,
  name         TEXT    NOT NULL,
  type         TEXT    NOT NULL CHECK (type IN ('STANDARD', 'EXPRESS')),
  created_ms   INTEGER NOT NULL,
  deleted_ms   INTEGER,                       -- runs of a deleted machine still refer to it
  revision     INTEGER REFERENCES revision (id) DEFERRABLE INITIALLY DEFERRED,  -- the present one
  next_version INTEGER NOT NULL DEFAULT 1     -- numbers of deleted versions are not used again
) STRICT;

CREATE UNIQUE INDEX state_machine_name ON state_machine (name) WHERE deleted_ms IS NULL;

-- What a machine was at a time: every update makes one. Runs keep the one they started with.
CREATE TABLE revision (
  id              INTEGER PRIMARY KEY,
  machine         INTEGER NOT NULL REFERENCES state_machine (id),
  uuid            TEXT    NOT NULL,           -- empty for the first, which the service does not name
  definition_hash TEXT    NOT NULL REFERENCES definition (hash),
  role            TEXT    NOT NULL,
  configuration   TEXT    NOT NULL,           -- JSON: logging, tracing, encryption
  created_ms      INTEGER NOT NULL
) STRICT;

CREATE TABLE version (
  machine     INTEGER NOT NULL REFERENCES state_machine (id),
  number      INTEGER NOT NULL CHECK (number > 0),
  revision    INTEGER NOT NULL REFERENCES revision (id),
  description TEXT    NOT NULL,
  created_ms  INTEGER NOT NULL,
  PRIMARY KEY (machine, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE alias (
  machine     INTEGER NOT NULL REFERENCES state_machine (id),
  name        TEXT    NOT NULL,
  description TEXT    NOT NULL,
  routing     TEXT    NOT NULL,               -- JSON: [[version, weight], …], weights sum to 100
  created_ms  INTEGER NOT NULL,
  updated_ms  INTEGER NOT NULL,
  PRIMARY KEY (machine, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE activity (
  name          TEXT    NOT NULL PRIMARY KEY,
  configuration TEXT    NOT NULL,             -- JSON: encryption
  created_ms    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Listed in the order they were first set.
CREATE TABLE tag (
  id       INTEGER PRIMARY KEY,
  resource TEXT NOT NULL,                     -- 'stateMachine:NAME', 'activity:NAME'
  key      TEXT NOT NULL,
  value    TEXT NOT NULL,
  UNIQUE (resource, key)
) STRICT;

-- Names of runs are unique within their workflow, no longer in the whole store. SQLite cannot drop a
-- constraint, so the table and those that refer to it are made anew.
DROP VIEW event;
ALTER TABLE execution RENAME TO execution_1;
ALTER TABLE history RENAME TO history_1;
ALTER TABLE progress RENAME TO progress_1;
DROP INDEX execution_running;
DROP INDEX execution_started;

CREATE TABLE execution (
  id              INTEGER PRIMARY KEY,
  run_id          TEXT    NOT NULL UNIQUE,        -- what people type; ordered by time
  name            TEXT    NOT NULL,               -- given with --name, else the run_id
  workflow        TEXT    NOT NULL,               -- name of the definition or of the state machine
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
  -- As clients of the API know it; empty for runs of `orch submit`.
  arn             TEXT    NOT NULL DEFAULT '',
  machine_arn     TEXT    NOT NULL DEFAULT '',
  role            TEXT    NOT NULL DEFAULT '',
  trace_header    TEXT    NOT NULL DEFAULT '',
  alias           TEXT    NOT NULL DEFAULT '',    -- that it was started through
  revision        INTEGER REFERENCES revision (id),
  version         INTEGER,                        -- that it was started with
  express         INTEGER NOT NULL DEFAULT 0 CHECK (express IN (0, 1)),
  UNIQUE (workflow, name),
  CHECK ((status = 'RUNNING') = (ended_ms IS NULL)),
  CHECK ((status = 'SUCCEEDED') = (output IS NOT NULL))
) STRICT;

INSERT INTO execution (id, run_id, name, workflow, definition_hash, input, connections, status,
                       started_ms, ended_ms, output, error, cause, redrive_count)
  SELECT id, run_id, name, workflow, definition_hash, input, connections, status, started_ms,
         ended_ms, output, error, cause, redrive_count
    FROM execution_1;

CREATE INDEX execution_running ON execution (id) WHERE status = 'RUNNING';
CREATE INDEX execution_started ON execution (started_ms);
CREATE INDEX execution_of_workflow ON execution (workflow, started_ms);
CREATE INDEX execution_name ON execution (name);
CREATE INDEX execution_submitted ON execution (workflow, id) WHERE revision IS NULL;

CREATE TABLE history (
  id           INTEGER PRIMARY KEY,
  execution_id INTEGER NOT NULL REFERENCES execution (id),
  first_id     INTEGER NOT NULL CHECK (first_id > 0),  -- 1, then last_id + 1 of the row before
  last_id      INTEGER NOT NULL,
  events       TEXT    NOT NULL,                       -- JSON array; machine/event_codec.cpp
  UNIQUE (execution_id, first_id),
  CHECK (last_id >= first_id)
) STRICT;

INSERT INTO history SELECT id, execution_id, first_id, last_id, events FROM history_1;

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

DROP TABLE progress_1;
DROP TABLE history_1;
DROP TABLE execution_1;

CREATE VIEW event AS
  SELECT history.execution_id              AS execution_id,
         history.first_id + item.key       AS id,
         item.value ->> '$.type'           AS type,
         item.value ->> '$.timestamp'      AS at_ms,
         item.value ->> '$.name'           AS name,
         item.value                        AS event
    FROM history, json_each(history.events) AS item;
