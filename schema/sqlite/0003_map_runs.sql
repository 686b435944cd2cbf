-- Iterations of a Map state in Mode DISTRIBUTED are executions of their own.

ALTER TABLE execution ADD COLUMN parent INTEGER REFERENCES execution (id);
ALTER TABLE execution ADD COLUMN parent_ticket INTEGER;  -- id of the parent's MapRunStarted event
ALTER TABLE execution ADD COLUMN child_index INTEGER;    -- which item or batch, from 0

CREATE UNIQUE INDEX execution_child ON execution (parent, parent_ticket, child_index)
  WHERE parent IS NOT NULL;
