-- What a resume brings along, and the request that made or last resumed a run: a client that does not
-- know whether it was heard asks again with the same one, and nothing happens twice.
ALTER TABLE execution ADD COLUMN request TEXT;                        -- random, chosen by the client
ALTER TABLE execution ADD COLUMN resumes INTEGER NOT NULL DEFAULT 0;  -- after a failure, a stop or a pause
ALTER TABLE execution ADD COLUMN catalog TEXT NOT NULL DEFAULT '';    -- file read instead of the input's catalog

CREATE UNIQUE INDEX execution_request ON execution (request) WHERE request IS NOT NULL;
