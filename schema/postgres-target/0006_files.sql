-- The ledger of files: one row for each version of a file that a published load of a landing zone
-- brought, written in the transaction that publishes. A load that reads all files again (replace)
-- leaves its own alone.
CREATE TABLE orch.file (
  table_schema text        NOT NULL,
  table_name   text        NOT NULL,
  file         text        NOT NULL,   -- its name below the connection's folder or bucket
  digest       text        NOT NULL CHECK (length(digest) = 64),  -- SHA-256, as sha256sum prints it
  bytes        bigint      NOT NULL,
  modified     text        NOT NULL,   -- when it was written, ISO 8601
  rows         bigint      NOT NULL,   -- that were loaded
  set_aside    bigint      NOT NULL,   -- rows that could not be
  load_id      text        NOT NULL,   -- of orch.evidence
  loaded_at    timestamptz NOT NULL,
  PRIMARY KEY (table_schema, table_name, file, digest)
);

CREATE INDEX file_by_load ON orch.file (load_id);
