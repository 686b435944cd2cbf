-- Names that runs keep to themselves while they are under way, such as their target tables: no two
-- runs that are under way, not paused, and do not wait have one in common. The names of a run that
-- failed or was stopped stay, for its resume; those of one that succeeded are dropped.
CREATE TABLE claim (
  execution_id INTEGER NOT NULL REFERENCES execution (id),
  name         TEXT    NOT NULL,  -- "postgresql://db1:5432/dwh public.fx_rates"
  PRIMARY KEY (execution_id, name)
) STRICT, WITHOUT ROWID;

-- The run that stands in the way of this one's claim: until it has ended, no task of this one is done.
ALTER TABLE execution ADD COLUMN waits_for INTEGER REFERENCES execution (id);
