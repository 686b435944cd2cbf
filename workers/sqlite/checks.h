// The catalog's checks, run on staged rows.
#pragma once

#include <vector>

#include "orchestrator/db/sqlite_db.h"
#include "workers/data/target.h"

namespace orch::sqlite {

/// Runs every check, also after one has failed. Throws TaskFailed "Check.Invalid" (ORCH-0508) for
/// an SQL condition that SQLite refuses or a column that is not staged.
std::vector<data::CheckResult> run_checks(Database& db, const data::LoadPlan& plan,
                                          const std::vector<data::Check>& checks);

}  // namespace orch::sqlite
