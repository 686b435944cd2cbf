// Projects in the run store's SQLite file.
#pragma once

#include <memory>

#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/store/projects.h"
#include "orchestrator/store/sqlite/guard.h"

namespace orch::store {

/// Works on the connection `db`, which must outlive it, as must `guard`.
std::unique_ptr<Projects> projects_in(sqlite::Database& db, const Guard& guard);

}  // namespace orch::store
