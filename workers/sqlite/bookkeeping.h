// The tables orch_load, orch_evidence and orch_fence of a target database (their columns are
// explained in schema/sqlite-target/).
#pragma once

#include <string>

#include "orchestrator/db/sqlite_db.h"

namespace orch::sqlite {

/// Creates or upgrades the tables, in transactions of its own. Throws orch::Error ORCH-0207 when
/// a newer orch made them.
void prepare_bookkeeping(Database& db, const std::string& display);

/// False in a database that orch never wrote to.
bool has_bookkeeping(Database& db);

}  // namespace orch::sqlite
