-- The ledger of files: one row for each version of a file that a published load of a landing zone
-- brought, written in the transaction that publishes. A load that reads all files again (replace)
-- leaves its own alone.
CREATE TABLE orch_file (
  table_schema  TEXT    NOT NULL,
  table_name    TEXT    NOT NULL COLLATE NOCASE,
  file          TEXT    NOT NULL,       -- its name below the connection's folder or bucket
  digest        TEXT    NOT NULL CHECK (length(digest) = 64),  -- SHA-256, as sha256sum prints it
  bytes         INTEGER NOT NULL,
  modified      TEXT    NOT NULL,       -- when it was written, ISO 8601
  rows          INTEGER NOT NULL,       -- that were loaded
  set_aside     INTEGER NOT NULL,       -- rows that could not be
  load_id       TEXT    NOT NULL,       -- of orch_evidence
  loaded_at     TEXT    NOT NULL,       -- ISO 8601, UTC
  PRIMARY KEY (table_schema, table_name, file, digest)
) STRICT, WITHOUT ROWID;

CREATE INDEX orch_file_by_load ON orch_file (load_id);
