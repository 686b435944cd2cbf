-- Checksums over the rest of what runs depend on, and the last event of each history, so that its loss
-- is told. NULL, or no row: older than this migration and not checked.
ALTER TABLE state_machine ADD COLUMN checksum INTEGER;  -- name, type, created_ms, revision
ALTER TABLE revision ADD COLUMN checksum INTEGER;       -- machine to created_ms
ALTER TABLE version ADD COLUMN checksum INTEGER;        -- machine to created_ms
ALTER TABLE alias ADD COLUMN checksum INTEGER;          -- machine to updated_ms
ALTER TABLE activity ADD COLUMN checksum INTEGER;       -- name to created_ms
ALTER TABLE tag ADD COLUMN checksum INTEGER;            -- resource, key, value
ALTER TABLE execution ADD COLUMN claims_checksum INTEGER;  -- the run's names in claim; NULL: none

-- Beside `history` because a row there is written once, and narrow because this one is written in
-- every turn.
CREATE TABLE history_end (
  execution_id INTEGER PRIMARY KEY,
  last_id      INTEGER NOT NULL
) STRICT;
