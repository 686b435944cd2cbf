// The catalog's checks, run on staged rows.
#pragma once

#include <vector>

#include "orchestrator/db/pg.h"
#include "workers/data/target.h"

namespace orch::postgres {

/// Runs every check, also after one has failed. Throws TaskFailed "Check.Invalid" (ORCH-0508) for
/// an SQL condition that the server refuses or a column that is not staged.
std::vector<data::CheckResult> run_checks(pg::Connection& connection, const data::LoadPlan& plan,
                                          const std::vector<data::Check>& checks);

}  // namespace orch::postgres
