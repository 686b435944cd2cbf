-- What orch keeps in a PostgreSQL database that it writes to: the schema orch. Staged rows stand in
-- the schema orch_stage until they are published.

-- The largest fence seen for each target table: whoever comes with a smaller one is late.
CREATE TABLE orch.fence (
  table_schema text   NOT NULL,
  table_name   text   NOT NULL,
  store        text   NOT NULL,        -- the run store that issued the fence; others do not compare
  fence        bigint NOT NULL,
  PRIMARY KEY (table_schema, table_name)
);

-- The load that is staged for each target table; written in the transaction that stages the rows,
-- removed in the one that publishes them.
CREATE TABLE orch.load (
  table_schema text        NOT NULL,
  table_name   text        NOT NULL,
  load_id      text        NOT NULL,   -- run/key/ticket
  run          text        NOT NULL,
  store        text        NOT NULL,
  fence        bigint      NOT NULL,
  rows         bigint      NOT NULL CHECK (rows >= 0),            -- as read from the source
  digest       text        NOT NULL CHECK (length(digest) = 32),  -- of what was read, hex
  "position"   text        NOT NULL,   -- JSON
  fingerprint  text        NOT NULL,   -- of source and target columns and types
  verified     boolean     NOT NULL DEFAULT false,
  frozen       boolean     NOT NULL,   -- staged by COPY FREEZE: visible to every snapshot
  xid          text        NOT NULL,   -- the transaction before which no snapshot sees the rows
  staged_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (table_schema, table_name)
);

-- One row for each load that was published, for ever; written in the transaction that publishes.
CREATE TABLE orch.evidence (
  load_id      text        NOT NULL PRIMARY KEY,
  table_schema text        NOT NULL,
  table_name   text        NOT NULL,
  run          text        NOT NULL,
  store        text        NOT NULL,
  fence        bigint      NOT NULL,
  strategy     text        NOT NULL CHECK (strategy IN ('replace', 'upsert', 'append')),
  method       text        NOT NULL,
  rows         bigint      NOT NULL,   -- of the load
  digest       text        NOT NULL,   -- of the load
  total_rows   bigint      NOT NULL,   -- in the table afterwards
  inserted     bigint      NOT NULL,
  updated      bigint      NOT NULL,
  deleted      bigint      NOT NULL,
  "position"   text        NOT NULL,   -- JSON
  fingerprint  text        NOT NULL,
  detail       text        NOT NULL,   -- JSON
  published_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX evidence_by_table ON orch.evidence (table_schema, table_name, published_at);
