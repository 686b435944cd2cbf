-- The children of a map run are found through it, or by their run_id. The indexes that serve lists and
-- names leave them out: a map over a million items has a million of them.
DROP INDEX execution_started;
DROP INDEX execution_of_workflow;
DROP INDEX execution_name;
DROP INDEX execution_submitted;

CREATE INDEX execution_started ON execution (started_ms) WHERE parent IS NULL;
CREATE INDEX execution_of_workflow ON execution (workflow, started_ms) WHERE parent IS NULL;
CREATE INDEX execution_name ON execution (name) WHERE parent IS NULL;
CREATE INDEX execution_submitted ON execution (workflow, id)
  WHERE revision IS NULL AND parent IS NULL;
