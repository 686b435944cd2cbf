-- A run that the engine could not carry on, or that was being decided when the process died twice in
-- a row, is paused by the engine; then this says why. `orch resume` tries again, `orch stop` ends it.
ALTER TABLE execution ADD COLUMN set_aside TEXT;
