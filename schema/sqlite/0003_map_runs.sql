-- Iterations of a Map state in Mode DISTRIBUTED are executions of their own.

ALTER TABLE execution ADD COLUMN parent INTEGER REFERENCES execution (id);
ALTER TABLE execution ADD COLUMN parent_map_run INTEGER;  -- id of the parent's MapRunStarted event
ALTER TABLE execution ADD COLUMN child_index INTEGER;     -- which child of it, from 0
ALTER TABLE execution ADD COLUMN child_items INTEGER;     -- how many items it got

CREATE UNIQUE INDEX execution_child ON execution (parent, parent_map_run, child_index)
  WHERE parent IS NOT NULL;

-- Map runs by their names; how they go is in the histories of their executions.
CREATE TABLE map_run (
  name         TEXT    NOT NULL PRIMARY KEY,              -- "LABEL:UUID"
  execution_id INTEGER NOT NULL REFERENCES execution (id),
  event_id     INTEGER NOT NULL,                          -- of its MapRunStarted
  items        INTEGER,                                   -- in all; NULL until they are counted
  -- What an update has put in the place of the definition's limits; NULL: nothing.
  max_concurrency      INTEGER,
  tolerated_count      INTEGER,
  tolerated_percentage REAL,
  UNIQUE (execution_id, event_id)
) STRICT, WITHOUT ROWID;
