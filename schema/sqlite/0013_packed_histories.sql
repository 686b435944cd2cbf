-- Histories of runs that have ended, packed: a run repeats its payloads from state to state, and one
-- text of all its events takes a fiftieth of the room. `history` has what is not packed yet, and what
-- came after.
CREATE TABLE packed_history (
  id           INTEGER PRIMARY KEY,  -- that of the last row of history in it: the order of commits
  execution_id INTEGER NOT NULL REFERENCES execution (id),
  first_id     INTEGER NOT NULL,
  last_id      INTEGER NOT NULL,
  events       BLOB    NOT NULL,     -- JSON array as in history, a Zstandard frame
  checksum     INTEGER NOT NULL,     -- execution_id, first_id, last_id, events
  UNIQUE (execution_id, first_id),
  CHECK (last_id >= first_id)
) STRICT;

-- Inputs and outputs of packed runs, each text once.
CREATE TABLE payload (
  id   INTEGER PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,         -- XXH3, 128 bits, of the text
  text BLOB NOT NULL                 -- a Zstandard frame
) STRICT;

-- Where `input` or `output` of an execution is empty, its text is here.
CREATE TABLE packed_payload (
  execution_id INTEGER PRIMARY KEY REFERENCES execution (id),
  input        INTEGER REFERENCES payload (id),
  output       INTEGER REFERENCES payload (id)
) STRICT;

CREATE INDEX packed_payload_input ON packed_payload (input) WHERE input IS NOT NULL;
CREATE INDEX packed_payload_output ON packed_payload (output) WHERE output IS NOT NULL;

-- Runs that retention has removed, while there are runs that belong to them: those go next.
CREATE TABLE removed_run (
  id INTEGER PRIMARY KEY
) STRICT;
