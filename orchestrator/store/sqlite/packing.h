// Packs the runs of a SQLite store that have ended.
#pragma once

#include <optional>
#include <string>

#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/store/store.h"

namespace orch::store {

/// As Housekeeping::pack(). `store` names the file in what is said of a damaged run.
std::optional<ExecutionId> pack_some(sqlite::Database& db, const std::string& store,
                                     ExecutionId after, Instant ended_before);

}  // namespace orch::store
