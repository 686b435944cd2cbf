-- Statements that orch:sql was asked to do once; written in the transaction that does them.
CREATE TABLE orch_sql_once (
  once_key      TEXT    NOT NULL PRIMARY KEY,  -- "once" of the task's input
  statement     TEXT    NOT NULL CHECK (json_valid(statement)),  -- {"sql", "params"}
  answer        TEXT    NOT NULL CHECK (json_valid(answer)),     -- {"rows", "changes"}
  run           TEXT    NOT NULL,
  done_at       TEXT    NOT NULL               -- ISO 8601, UTC
) STRICT, WITHOUT ROWID;
