-- Searches over all runs of a year read an index instead of the rows, which have payloads in them: name
-- and workflow beside the order of lists, and the runs without success apart.
DROP INDEX execution_started;

CREATE INDEX execution_started ON execution (started_ms, id, workflow, name) WHERE parent IS NULL;
CREATE INDEX execution_unsuccessful ON execution (started_ms, id)
  WHERE parent IS NULL AND status IN ('FAILED', 'TIMED_OUT', 'ABORTED');
