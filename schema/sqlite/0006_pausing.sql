-- A run that was paused, by Ctrl-C of the process it was started in, is under way and nothing moves it
-- until `orch resume` does. Its iterations and the executions that its tasks wait for rest with it.
ALTER TABLE execution ADD COLUMN paused_ms INTEGER;  -- since when; NULL: it moves when somebody owns the store
