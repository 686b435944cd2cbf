-- Statements that orch:sql was asked to do once; written in the transaction that does them.
CREATE TABLE orch.sql_once (
  once_key     text        NOT NULL PRIMARY KEY,  -- "once" of the task's input
  statement    text        NOT NULL,   -- JSON: {"sql", "params"}
  answer       text        NOT NULL,   -- JSON: {"rows", "changes"}
  run          text        NOT NULL,
  done_at      timestamptz NOT NULL DEFAULT now()
);
