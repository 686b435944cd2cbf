-- Searches over all runs of a year read an index instead of the rows, which have payloads in them: name
-- and workflow beside the order of lists, and the runs without success apart.
DROP INDEX execution_started;
DROP INDEX execution_of_workflow;

CREATE INDEX execution_started ON execution (started_ms, id, workflow, name) WHERE parent IS NULL;
CREATE INDEX execution_of_workflow ON execution (workflow, started_ms, id, name) WHERE parent IS NULL;
CREATE INDEX execution_unsuccessful ON execution (started_ms, id)
  WHERE parent IS NULL AND status IN ('FAILED', 'TIMED_OUT', 'ABORTED');

-- A page of a pipeline's runs is read in the order of lists, whether most of a year's runs belong to it or
-- none does.
DROP INDEX pipeline_run_pipeline;

ALTER TABLE pipeline_run ADD COLUMN begun_ms INTEGER NOT NULL DEFAULT 0;  -- started_ms of the execution
UPDATE pipeline_run SET begun_ms = coalesce((SELECT started_ms FROM execution WHERE id = execution_id), 0);
CREATE INDEX pipeline_run_begun ON pipeline_run (pipeline, begun_ms, execution_id);
