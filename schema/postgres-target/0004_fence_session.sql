-- The session that writes under a fence, so that a later delivery of the same run can end it: what
-- is paused or cut off holds its locks for as long as its session lives.
ALTER TABLE orch.fence ADD COLUMN run text;
ALTER TABLE orch.fence ADD COLUMN backend_pid integer;
ALTER TABLE orch.fence ADD COLUMN backend_start timestamptz;
