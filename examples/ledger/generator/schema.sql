-- The reinsurance ledger: 23 tables in 23 shapes. Wide and narrow ones, with one-column, composite,
-- text and no keys, self references, WITHOUT ROWID, documents as BLOBs, an empty one.
--
-- Written for SQLite in type names that PostgreSQL has too; for PostgreSQL the generator leaves out
-- WITHOUT ROWID and says BYTEA for BLOB.

CREATE TABLE currencies (
  code        TEXT    NOT NULL PRIMARY KEY,
  name        TEXT    NOT NULL,
  symbol      TEXT,
  minor_units INTEGER NOT NULL,
  active      BOOLEAN NOT NULL
);

CREATE TABLE territories (
  territory_id INTEGER PRIMARY KEY,
  parent_id    INTEGER REFERENCES territories (territory_id),
  code         TEXT    NOT NULL UNIQUE,
  name         TEXT    NOT NULL,
  local_name   TEXT
);

CREATE TABLE lines_of_business (
  code        TEXT    NOT NULL PRIMARY KEY,
  parent_code TEXT    REFERENCES lines_of_business (code),
  name        TEXT    NOT NULL,
  short_tail  BOOLEAN NOT NULL,
  guideline   TEXT
);

CREATE TABLE periods (
  year      INTEGER NOT NULL,
  quarter   INTEGER NOT NULL CHECK (quarter BETWEEN 1 AND 4),
  starts_on DATE    NOT NULL,
  ends_on   DATE    NOT NULL,
  closed_at TIMESTAMP,
  PRIMARY KEY (year, quarter)
);

CREATE TABLE fx_rates (
  currency_code TEXT          NOT NULL REFERENCES currencies (code),
  rate_date     DATE          NOT NULL,
  rate          DECIMAL(18,8) NOT NULL,  -- units of the currency for one EUR
  source        TEXT          NOT NULL,
  PRIMARY KEY (currency_code, rate_date)
) WITHOUT ROWID;

CREATE TABLE users (
  user_id    INTEGER PRIMARY KEY,
  login      TEXT    NOT NULL UNIQUE,
  full_name  TEXT    NOT NULL,
  manager_id INTEGER REFERENCES users (user_id),
  department TEXT    NOT NULL,
  active     BOOLEAN NOT NULL,
  last_login TIMESTAMP
);

CREATE TABLE brokers (
  broker_code  TEXT    NOT NULL PRIMARY KEY,
  name         TEXT    NOT NULL,
  territory_id INTEGER NOT NULL REFERENCES territories (territory_id),
  brokerage    DECIMAL(5,2) NOT NULL  -- percent of gross premium
);

CREATE TABLE cedents (
  cedent_id    INTEGER PRIMARY KEY,
  name         TEXT    NOT NULL,
  lei          TEXT    NOT NULL UNIQUE,
  territory_id INTEGER NOT NULL REFERENCES territories (territory_id),
  rating       TEXT,
  email        TEXT,
  telephone    TEXT,
  active       BOOLEAN NOT NULL,
  onboarded_on DATE    NOT NULL,
  notes        TEXT
);

CREATE TABLE reinsurers (
  reinsurer_id INTEGER PRIMARY KEY,
  name         TEXT    NOT NULL,
  territory_id INTEGER NOT NULL REFERENCES territories (territory_id),
  rating       TEXT,
  capacity     DECIMAL(15,2) NOT NULL
);

CREATE TABLE treaties (
  treaty_id             INTEGER PRIMARY KEY,
  treaty_number         TEXT    NOT NULL UNIQUE,
  underwriting_year     INTEGER NOT NULL,
  cedent_id             INTEGER NOT NULL REFERENCES cedents (cedent_id),
  broker_code           TEXT    REFERENCES brokers (broker_code),
  lob_code              TEXT    NOT NULL REFERENCES lines_of_business (code),
  territory_id          INTEGER NOT NULL REFERENCES territories (territory_id),
  currency_code         TEXT    NOT NULL REFERENCES currencies (code),
  underwriter_id        INTEGER NOT NULL REFERENCES users (user_id),
  kind                  TEXT    NOT NULL,
  basis                 TEXT    NOT NULL,
  status                TEXT    NOT NULL,
  inception_on          DATE    NOT NULL,
  expiry_on             DATE    NOT NULL,
  signed_on             DATE,
  cancelled_on          DATE,
  cession               DECIMAL(7,4),
  retention             DECIMAL(15,2),
  limit_amount          DECIMAL(15,2) NOT NULL,
  aggregate_limit       DECIMAL(15,2),
  aggregate_deductible  DECIMAL(15,2),
  premium_income        DECIMAL(15,2) NOT NULL,
  minimum_premium       DECIMAL(15,2),
  deposit_premium       DECIMAL(15,2),
  ceding_commission     DECIMAL(5,2) NOT NULL,
  brokerage             DECIMAL(5,2) NOT NULL,
  tax                   DECIMAL(5,2) NOT NULL,
  profit_commission     DECIMAL(5,2),
  management_expenses   DECIMAL(5,2),
  sliding_minimum       DECIMAL(5,2),
  sliding_maximum       DECIMAL(5,2),
  corridor_from         DECIMAL(7,4),
  corridor_to           DECIMAL(7,4),
  reinstatements        INTEGER,
  reinstatement_percent DECIMAL(5,2),
  hours_clause          INTEGER,
  notice_days           INTEGER NOT NULL,
  excludes_nuclear      BOOLEAN NOT NULL,
  excludes_war          BOOLEAN NOT NULL,
  excludes_cyber        BOOLEAN NOT NULL,
  excludes_pandemic     BOOLEAN NOT NULL,
  sanctions_clause      BOOLEAN NOT NULL,
  claims_cooperation    BOOLEAN NOT NULL,
  wording_reference     TEXT    NOT NULL,
  modelled_loss_ratio   DOUBLE PRECISION NOT NULL,
  created_at            TIMESTAMP NOT NULL,
  updated_at            TIMESTAMP NOT NULL,
  notes                 TEXT
);

CREATE TABLE layers (
  treaty_id    INTEGER NOT NULL REFERENCES treaties (treaty_id),
  layer_no     INTEGER NOT NULL,
  attachment   DECIMAL(15,2) NOT NULL,
  limit_amount DECIMAL(15,2) NOT NULL,
  premium      DECIMAL(15,2) NOT NULL,
  rate_on_line DECIMAL(9,6)  NOT NULL,
  PRIMARY KEY (treaty_id, layer_no)
);

CREATE TABLE participations (
  treaty_id     INTEGER NOT NULL,
  layer_no      INTEGER NOT NULL,
  reinsurer_id  INTEGER NOT NULL REFERENCES reinsurers (reinsurer_id),
  signed_share  DECIMAL(9,6) NOT NULL,  -- the shares of a layer add up to 1
  leader        BOOLEAN NOT NULL,
  PRIMARY KEY (treaty_id, layer_no, reinsurer_id),
  FOREIGN KEY (treaty_id, layer_no) REFERENCES layers (treaty_id, layer_no)
) WITHOUT ROWID;

CREATE TABLE retrocessions (
  retrocession_id INTEGER PRIMARY KEY,
  treaty_id       INTEGER NOT NULL REFERENCES treaties (treaty_id),
  reinsurer_id    INTEGER NOT NULL REFERENCES reinsurers (reinsurer_id),
  share           DECIMAL(9,6) NOT NULL,
  inception_on    DATE    NOT NULL
);

CREATE TABLE commissions (
  treaty_id      INTEGER NOT NULL REFERENCES treaties (treaty_id),
  kind           TEXT    NOT NULL,
  earned_premium DECIMAL(15,2) NOT NULL,
  percent        DECIMAL(5,2)  NOT NULL,
  amount         DECIMAL(15,2) NOT NULL,
  calculated_at  TIMESTAMP NOT NULL
);

CREATE TABLE premium_postings (
  posting_id        INTEGER PRIMARY KEY,
  treaty_id         INTEGER NOT NULL REFERENCES treaties (treaty_id),
  layer_no          INTEGER NOT NULL,
  year              INTEGER NOT NULL,
  quarter           INTEGER NOT NULL,
  booked_on         DATE    NOT NULL,
  entry             TEXT    NOT NULL,
  currency_code     TEXT    NOT NULL,
  gross_amount      DECIMAL(15,2) NOT NULL,
  commission_amount DECIMAL(15,2) NOT NULL,
  brokerage_amount  DECIMAL(15,2) NOT NULL,
  tax_amount        DECIMAL(15,2) NOT NULL,
  net_amount        DECIMAL(15,2) NOT NULL,  -- gross less the three others
  reference         TEXT,
  FOREIGN KEY (treaty_id, layer_no) REFERENCES layers (treaty_id, layer_no),
  FOREIGN KEY (year, quarter) REFERENCES periods (year, quarter)
);

CREATE TABLE claims (
  claim_number TEXT    NOT NULL PRIMARY KEY,
  treaty_id    INTEGER NOT NULL,
  layer_no     INTEGER NOT NULL,
  event_name   TEXT,
  cause        TEXT    NOT NULL,
  loss_on      DATE    NOT NULL,
  reported_on  DATE    NOT NULL,
  closed_on    DATE,
  currency_code TEXT   NOT NULL,
  paid         DECIMAL(15,2) NOT NULL,  -- sum of its paid movements and recoveries
  outstanding  DECIMAL(15,2) NOT NULL,
  description  TEXT,
  FOREIGN KEY (treaty_id, layer_no) REFERENCES layers (treaty_id, layer_no)
);

CREATE TABLE claim_movements (
  claim_number TEXT    NOT NULL REFERENCES claims (claim_number),
  movement_no  INTEGER NOT NULL,
  moved_on     DATE    NOT NULL,
  kind         TEXT    NOT NULL,
  amount       DECIMAL(15,2) NOT NULL,
  outstanding  DECIMAL(15,2) NOT NULL,  -- after the movement
  user_id      INTEGER REFERENCES users (user_id),
  PRIMARY KEY (claim_number, movement_no)
);

CREATE TABLE loss_postings (
  posting_id    INTEGER PRIMARY KEY,
  claim_number  TEXT    NOT NULL,
  movement_no   INTEGER NOT NULL,
  year          INTEGER NOT NULL,
  quarter       INTEGER NOT NULL,
  booked_on     DATE    NOT NULL,
  currency_code TEXT    NOT NULL,
  amount        DECIMAL(15,2) NOT NULL,
  FOREIGN KEY (claim_number, movement_no) REFERENCES claim_movements (claim_number, movement_no)
);

CREATE TABLE reserves (
  claim_number TEXT    NOT NULL REFERENCES claims (claim_number),
  year         INTEGER NOT NULL,
  quarter      INTEGER NOT NULL,
  outstanding  DECIMAL(15,2) NOT NULL,  -- at the end of the quarter
  ibnr         DECIMAL(15,2),
  PRIMARY KEY (claim_number, year, quarter)
) WITHOUT ROWID;

CREATE TABLE statements_of_account (
  statement_id  UUID    NOT NULL PRIMARY KEY,
  cedent_id     INTEGER NOT NULL REFERENCES cedents (cedent_id),
  currency_code TEXT    NOT NULL,
  year          INTEGER NOT NULL,
  quarter       INTEGER NOT NULL,
  premium       DECIMAL(15,2) NOT NULL,  -- net amounts of the quarter's premium postings
  losses        DECIMAL(15,2) NOT NULL,  -- amounts of the quarter's loss postings
  balance       DECIMAL(15,2) NOT NULL,  -- premium less losses
  issued_at     TIMESTAMPTZ NOT NULL,
  UNIQUE (cedent_id, currency_code, year, quarter)
);

CREATE TABLE settlements (
  settlement_id UUID    NOT NULL PRIMARY KEY,
  statement_id  UUID    NOT NULL REFERENCES statements_of_account (statement_id),
  instalment    INTEGER NOT NULL,
  paid_on       DATE,
  paid_at       TIME,
  amount        DECIMAL(15,2) NOT NULL,  -- the instalments of a statement add up to its balance
  iban          TEXT
);

CREATE TABLE audit_log (
  at        TIMESTAMP NOT NULL,
  user_id   INTEGER,
  action    TEXT      NOT NULL,
  entity    TEXT      NOT NULL,
  entity_id TEXT,
  detail    JSON
);

CREATE TABLE documents (
  document_id UUID    NOT NULL PRIMARY KEY,
  treaty_id   INTEGER REFERENCES treaties (treaty_id),
  file_name   TEXT    NOT NULL,
  media_type  TEXT    NOT NULL,
  byte_size   INTEGER NOT NULL,
  content     BLOB,
  uploaded_at TIMESTAMP NOT NULL
);
