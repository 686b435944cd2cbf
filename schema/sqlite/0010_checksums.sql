-- Checksums over the values of a row in their order (store/checksum.h), so that a row that the disk has
-- changed is told from what was written. NULL: the row is older than this migration and not checked.
ALTER TABLE history ADD COLUMN checksum INTEGER;            -- execution_id, first_id, last_id, events
ALTER TABLE execution ADD COLUMN made_checksum INTEGER;     -- what was submitted, with what a resume brought along
ALTER TABLE execution ADD COLUMN outcome_checksum INTEGER;  -- status to redrive_count
