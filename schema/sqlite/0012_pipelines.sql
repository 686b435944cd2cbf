-- Pipelines: a workflow under a name, with the triggers that run it. Every row that is acted on has a
-- checksum over its values in their order (store/checksum.h).

-- What a pipeline was at a time; never changes.
CREATE TABLE pipeline_revision (
  id               INTEGER PRIMARY KEY,
  pipeline         TEXT    NOT NULL,
  number           INTEGER NOT NULL CHECK (number > 0),  -- among those of the pipeline
  document         TEXT    NOT NULL,                     -- JSON
  workflow         TEXT    NOT NULL,                     -- name of the definition
  definition_hash  TEXT    NOT NULL REFERENCES definition (hash),
  machine_revision INTEGER REFERENCES revision (id),     -- of the state machine of its name
  machine_version  INTEGER,
  alias            TEXT    NOT NULL,
  connections      TEXT    NOT NULL,                     -- path of the connections file; may be empty
  made_ms          INTEGER NOT NULL,
  made_by          TEXT    NOT NULL,
  checksum         INTEGER NOT NULL,
  UNIQUE (pipeline, number)
) STRICT;

CREATE TABLE pipeline (
  name        TEXT    NOT NULL PRIMARY KEY,
  project     TEXT    NOT NULL,
  revision    INTEGER NOT NULL REFERENCES pipeline_revision (id),  -- the present one
  deployed_ms INTEGER NOT NULL,                          -- since when it is the present one
  paused_ms   INTEGER,                                   -- NULL: its triggers fire
  paused_by   TEXT    NOT NULL DEFAULT '',
  paused_note TEXT    NOT NULL DEFAULT '',
  checksum    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What became of each fire of a trigger: a run, or the reason why there is none. The key names the fire
-- among those of its trigger: the fire time in UTC of a schedule.
CREATE TABLE fire (
  pipeline     TEXT    NOT NULL,
  trigger_name TEXT    NOT NULL,
  fire_key     TEXT    NOT NULL,
  kind         TEXT    NOT NULL,              -- of the trigger: schedule, files, after, webhook, manual, api
  fire_ms      INTEGER NOT NULL,
  outcome      TEXT    NOT NULL CHECK (outcome IN ('started', 'queued', 'skipped', 'missed', 'refused')),
  run_id       TEXT    NOT NULL,              -- empty until it is started
  reason       TEXT    NOT NULL,
  facts        TEXT    NOT NULL,              -- JSON object: what the trigger knows
  input        TEXT,                          -- JSON: instead of the pipeline's
  backfill     INTEGER REFERENCES backfill (id),
  decided_ms   INTEGER NOT NULL,
  checksum     INTEGER NOT NULL,
  PRIMARY KEY (pipeline, trigger_name, fire_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX fire_time ON fire (pipeline, fire_ms);
CREATE INDEX fire_queued ON fire (pipeline, fire_ms) WHERE outcome = 'queued';

-- Up to which fire time a schedule has been decided, and which schedule that is.
CREATE TABLE trigger_position (
  pipeline     TEXT    NOT NULL,
  trigger_name TEXT    NOT NULL,
  trigger_text TEXT    NOT NULL,              -- JSON of the trigger: another one starts anew
  position_ms  INTEGER NOT NULL,
  checksum     INTEGER NOT NULL,
  PRIMARY KEY (pipeline, trigger_name)
) STRICT, WITHOUT ROWID;

-- Somebody asked for the fire times of a range.
CREATE TABLE backfill (
  id           INTEGER PRIMARY KEY,
  pipeline     TEXT    NOT NULL,
  trigger_name TEXT    NOT NULL,
  from_ms      INTEGER NOT NULL,
  to_ms        INTEGER NOT NULL,              -- the range ends before it
  newest_first INTEGER NOT NULL,
  at_once      INTEGER NOT NULL CHECK (at_once > 0),
  asked_ms     INTEGER NOT NULL,
  asked_by     TEXT    NOT NULL,
  note         TEXT    NOT NULL,
  checksum     INTEGER NOT NULL
) STRICT;

-- Runs that belong to a pipeline, and what fired them.
CREATE TABLE pipeline_run (
  execution_id INTEGER PRIMARY KEY REFERENCES execution (id) ON DELETE CASCADE,
  pipeline     TEXT    NOT NULL,
  revision     INTEGER NOT NULL,              -- number of it
  trigger_name TEXT    NOT NULL,
  kind         TEXT    NOT NULL,
  fire_ms      INTEGER NOT NULL,
  backfill     INTEGER,
  checksum     INTEGER NOT NULL               -- of the row and of execution.run_id
) STRICT;
CREATE INDEX pipeline_run_pipeline ON pipeline_run (pipeline, execution_id);
