-- What orch keeps in a DuckDB file that it writes to: the schema orch. Staged rows stand in the schema
-- orch_stage until they are published.
CREATE SCHEMA IF NOT EXISTS orch;
CREATE SCHEMA IF NOT EXISTS orch_stage;

-- The largest fence seen for each target table: whoever comes with a smaller one is late.
CREATE TABLE IF NOT EXISTS orch.fence (
  table_schema VARCHAR NOT NULL,
  table_name   VARCHAR NOT NULL,
  store        VARCHAR NOT NULL,       -- the run store that issued the fence; others do not compare
  fence        BIGINT  NOT NULL,
  PRIMARY KEY (table_schema, table_name)
);

-- The load that is staged for each target table; written in the transaction that stages the rows,
-- removed in the one that publishes them.
CREATE TABLE IF NOT EXISTS orch.load (
  table_schema VARCHAR NOT NULL,
  table_name   VARCHAR NOT NULL,
  load_id      VARCHAR NOT NULL,       -- run/key/ticket
  run          VARCHAR NOT NULL,
  store        VARCHAR NOT NULL,
  fence        BIGINT  NOT NULL,
  rows         BIGINT  NOT NULL,       -- as read from the source
  digest       VARCHAR NOT NULL,       -- of what was read, 32 hex digits
  "position"   VARCHAR NOT NULL,       -- JSON
  fingerprint  VARCHAR NOT NULL,       -- of source and target columns and types
  verified     BOOLEAN NOT NULL DEFAULT false,
  staged_at    VARCHAR NOT NULL        -- ISO 8601, UTC
);

-- One row for each load that was published, for ever; written in the transaction that publishes.
CREATE TABLE IF NOT EXISTS orch.evidence (
  load_id      VARCHAR NOT NULL PRIMARY KEY,
  table_schema VARCHAR NOT NULL,
  table_name   VARCHAR NOT NULL,
  run          VARCHAR NOT NULL,
  store        VARCHAR NOT NULL,
  fence        BIGINT  NOT NULL,
  strategy     VARCHAR NOT NULL CHECK (strategy IN ('replace', 'upsert', 'append')),
  method       VARCHAR NOT NULL,
  rows         BIGINT  NOT NULL,       -- of the load
  digest       VARCHAR NOT NULL,       -- of the load
  total_rows   BIGINT  NOT NULL,       -- in the table afterwards
  inserted     BIGINT  NOT NULL,
  updated      BIGINT  NOT NULL,
  deleted      BIGINT  NOT NULL,
  "position"   VARCHAR NOT NULL,       -- JSON
  fingerprint  VARCHAR NOT NULL,
  detail       VARCHAR NOT NULL,       -- JSON
  published_at VARCHAR NOT NULL        -- ISO 8601, UTC
);

-- The ledger of files: one row for each version of a file that a published load of a landing zone
-- brought, written in the transaction that publishes. A load that reads all files again (replace)
-- leaves its own alone.
CREATE TABLE IF NOT EXISTS orch.file (
  table_schema VARCHAR NOT NULL,
  table_name   VARCHAR NOT NULL,
  file         VARCHAR NOT NULL,       -- its name below the connection's folder or bucket
  digest       VARCHAR NOT NULL,       -- SHA-256, 64 hex digits
  bytes        BIGINT  NOT NULL,
  modified     VARCHAR NOT NULL,       -- when it was written, ISO 8601
  rows         BIGINT  NOT NULL,       -- that were loaded
  set_aside    BIGINT  NOT NULL,       -- rows that could not be
  load_id      VARCHAR NOT NULL,       -- of orch.evidence
  loaded_at    VARCHAR NOT NULL,       -- ISO 8601, UTC
  PRIMARY KEY (table_schema, table_name, file, digest)
);
