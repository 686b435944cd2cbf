// Histories of the run store, compared with their checksums.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/store/store.h"

namespace orch::store {

/// Calls `take` with each event of the run after `after`, in order. Throws Error ORCH-0206, which
/// names `store`, the run and the row, when a row is damaged or missing.
void read_history(sqlite::Database& db, const std::string& store, ExecutionId id,
                  execution::EventId after, const std::function<void(execution::Event)>& take);

/// When the latest event of each run under way was recorded, without runs whose last row is
/// damaged.
std::map<ExecutionId, Instant> read_last_recorded(sqlite::Database& db, const std::string& store);

}  // namespace orch::store
