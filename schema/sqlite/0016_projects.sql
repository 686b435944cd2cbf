-- Projects: what deploys bring along for the runs of their pipelines. Every row has a checksum over its
-- values in their order (store/checksum.h).

-- The files of a project as a deploy brought them; never changes. `digest` names it by its values up to
-- `files`. The owner of the store keeps a copy of the files beside it, which runs read.
CREATE TABLE project_version (
  digest      TEXT    NOT NULL PRIMARY KEY,
  project     TEXT    NOT NULL,
  environment TEXT    NOT NULL,                     -- empty: the project has none
  folder      TEXT    NOT NULL,                     -- where relative paths of its connections start
  files       TEXT    NOT NULL,                     -- JSON object: texts by their names
  made_ms     INTEGER NOT NULL,
  made_by     TEXT    NOT NULL,
  checksum    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE project (
  name        TEXT    NOT NULL PRIMARY KEY,
  digest      TEXT    NOT NULL REFERENCES project_version (digest),  -- deployed last
  deployed_ms INTEGER NOT NULL,
  checksum    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
