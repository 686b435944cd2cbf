-- What orch keeps in a SQLite database that it writes to. All tables start with orch_; tables named
-- orch_stage__<table> beside them hold rows that are staged and not yet published. The ledger of
-- these migrations is orch_schema.

-- The largest fence seen for each target table: whoever comes with a smaller one is late.
CREATE TABLE orch_fence (
  table_name    TEXT    NOT NULL COLLATE NOCASE PRIMARY KEY,
  store         TEXT    NOT NULL,       -- the run store that issued the fence; others do not compare
  fence         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The load that is staged for each target table; written in the transaction that stages the rows,
-- removed in the one that publishes them.
CREATE TABLE orch_load (
  table_name    TEXT    NOT NULL COLLATE NOCASE PRIMARY KEY,
  load_id       TEXT    NOT NULL,       -- run/key/ticket
  run           TEXT    NOT NULL,
  store         TEXT    NOT NULL,
  fence         INTEGER NOT NULL,
  rows          INTEGER NOT NULL CHECK (rows >= 0),           -- as read from the source
  digest        TEXT    NOT NULL CHECK (length(digest) = 32), -- of what was read, 32 hex digits
  position      TEXT    NOT NULL CHECK (json_valid(position)),
  fingerprint   TEXT    NOT NULL,       -- of source and target columns and types
  verified      INTEGER NOT NULL DEFAULT 0 CHECK (verified IN (0, 1)),
  staged_at     TEXT    NOT NULL        -- ISO 8601, UTC
) STRICT, WITHOUT ROWID;

-- One row for each load that was published, for ever; written in the transaction that publishes.
CREATE TABLE orch_evidence (
  load_id       TEXT    NOT NULL PRIMARY KEY,
  table_name    TEXT    NOT NULL COLLATE NOCASE,
  run           TEXT    NOT NULL,
  store         TEXT    NOT NULL,
  fence         INTEGER NOT NULL,
  strategy      TEXT    NOT NULL CHECK (strategy IN ('replace', 'upsert', 'append')),
  method        TEXT    NOT NULL,
  rows          INTEGER NOT NULL,       -- of the load
  digest        TEXT    NOT NULL,       -- of the load
  total_rows    INTEGER NOT NULL,       -- in the table afterwards
  inserted      INTEGER NOT NULL,
  updated       INTEGER NOT NULL,
  deleted       INTEGER NOT NULL,
  position      TEXT    NOT NULL CHECK (json_valid(position)),
  fingerprint   TEXT    NOT NULL,
  detail        TEXT    NOT NULL CHECK (json_valid(detail)),
  published_at  TEXT    NOT NULL        -- ISO 8601, UTC
) STRICT, WITHOUT ROWID;

CREATE INDEX orch_evidence_by_table ON orch_evidence (table_name, published_at);
