// Pipelines and their fires in the run store's SQLite file.
#pragma once

#include <memory>

#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/store/pipelines.h"
#include "orchestrator/store/sqlite/guard.h"

namespace orch::store {

/// Works on the connection `db`, which must outlive it, as must `guard`.
std::unique_ptr<Pipelines> pipelines_in(sqlite::Database& db, const Guard& guard);

}  // namespace orch::store
