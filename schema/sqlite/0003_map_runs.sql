-- Iterations of a Map state in Mode DISTRIBUTED are executions of their own.

ALTER TABLE execution ADD COLUMN parent INTEGER REFERENCES execution (id);
ALTER TABLE execution ADD COLUMN parent_map_run INTEGER;  -- id of the parent's MapRunStarted event
ALTER TABLE execution ADD COLUMN child_index INTEGER;     -- which child of it, from 0
ALTER TABLE execution ADD COLUMN child_items INTEGER;     -- how many items it got

CREATE UNIQUE INDEX execution_child ON execution (parent, parent_map_run, child_index)
  WHERE parent IS NOT NULL;
