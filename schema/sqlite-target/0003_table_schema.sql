-- The bookkeeping of all targets has the same columns; a SQLite file has one schema, whose name is
-- left out.
ALTER TABLE orch_fence ADD COLUMN table_schema TEXT NOT NULL DEFAULT '';
ALTER TABLE orch_load ADD COLUMN table_schema TEXT NOT NULL DEFAULT '';
ALTER TABLE orch_evidence ADD COLUMN table_schema TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX orch_fence_of_table ON orch_fence (table_schema, table_name);
