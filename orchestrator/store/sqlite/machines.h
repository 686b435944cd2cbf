// State machines, aliases, activities and tags in the run store's SQLite file.
#pragma once

#include <memory>

#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/store/machines.h"
#include "orchestrator/store/sqlite/guard.h"

namespace orch::store {

/// Works on the connection `db`, which must outlive it, as must `guard`.
std::unique_ptr<Machines> machines_in(sqlite::Database& db, const Guard& guard);

}  // namespace orch::store
