-- What alerts remember and what is to be sent because of them. Every row has a checksum over its values in
-- their order (store/checksum.h).

-- Of each subject ("pipeline:NAME", "workflow:NAME", "server"): its open alerts and what rules compare with;
-- "cursor": up to which end of a run they have been evaluated.
CREATE TABLE alert_state (
  name     TEXT    NOT NULL PRIMARY KEY,
  state    TEXT    NOT NULL,                  -- JSON; alerts/state.cpp
  checksum INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Written in one transaction with the state that led to it; sent until the other side has it.
CREATE TABLE alert_delivery (
  id       INTEGER PRIMARY KEY,
  kind     TEXT    NOT NULL CHECK (kind IN ('message', 'resume', 'start')),
  target   TEXT    NOT NULL,                  -- channel; run; pipeline or workflow
  body     TEXT    NOT NULL,                  -- JSON
  made_ms  INTEGER NOT NULL,
  due_ms   INTEGER NOT NULL,                  -- of the next attempt
  attempts INTEGER NOT NULL,
  error    TEXT    NOT NULL,                  -- of the latest attempt
  outcome  TEXT    NOT NULL CHECK (outcome IN ('pending', 'done', 'given_up')),
  checksum INTEGER NOT NULL
) STRICT;
CREATE INDEX alert_delivery_due ON alert_delivery (due_ms) WHERE outcome = 'pending';

CREATE TABLE alert_silence (
  id       INTEGER PRIMARY KEY,
  subject  TEXT    NOT NULL,                  -- *: all
  rule     TEXT    NOT NULL,                  -- *: all
  until_ms INTEGER NOT NULL,
  made_ms  INTEGER NOT NULL,
  made_by  TEXT    NOT NULL,
  reason   TEXT    NOT NULL,
  checksum INTEGER NOT NULL
) STRICT;

-- Ends of runs in their order; those of distributed maps' iterations are told by their run.
CREATE INDEX execution_ended ON execution (ended_ms) WHERE parent IS NULL AND ended_ms IS NOT NULL;
