-- Each load has a staging table of its own (its name ends in hashes of target and load), so that a
-- late writer cannot write into its successor's. What was staged before is staged again.
DO $$
DECLARE name text;
BEGIN
  FOR name IN SELECT relname FROM pg_class
               WHERE relnamespace = 'orch_stage'::regnamespace AND relkind = 'r' LOOP
    EXECUTE format('DROP TABLE orch_stage.%I', name);
  END LOOP;
END $$;
DELETE FROM orch.load;
