-- The version of a table that a publish exchanged for the one it has now: a table of the schema
-- orch_stage, kept until the next load of the table begins. At most one a table. Whoever drops it by
-- hand frees its space, and nothing else.
CREATE TABLE orch.previous (
  table_schema text        NOT NULL,
  table_name   text        NOT NULL,
  relation     text        NOT NULL UNIQUE,  -- its name in orch_stage
  load_id      text,                         -- whose rows it holds; null: none that orch published
  retired_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (table_schema, table_name)
);
