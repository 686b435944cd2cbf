-- Executions that a Task state of another one started, by states:startExecution.

ALTER TABLE execution ADD COLUMN starter INTEGER REFERENCES execution (id);
ALTER TABLE execution ADD COLUMN starter_ticket INTEGER;  -- id of its TaskScheduled event
ALTER TABLE execution ADD COLUMN starter_waits INTEGER;   -- 1: the state waits for the end

CREATE UNIQUE INDEX execution_starter ON execution (starter, starter_ticket)
  WHERE starter IS NOT NULL;
