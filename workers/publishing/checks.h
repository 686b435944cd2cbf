// The catalog's checks, run on staged rows.
#pragma once

#include <string>
#include <vector>

#include "workers/publishing/session.h"

namespace orch::publishing {

/// Runs every check on the rows of `staging`, also after one has failed. Growth and shrink compare
/// the table as it will be with the table as it is. Throws TaskFailed "Check.Invalid" (ORCH-0508)
/// for a condition that the database refuses or a column that is not staged.
std::vector<data::CheckResult> run_checks(Session& session, const data::LoadPlan& plan,
                                          const data::TableName& staging,
                                          const std::vector<data::Check>& checks);

/// As data::Target::check_problems().
std::vector<std::string> check_problems(Session& session, const data::LoadPlan& plan,
                                        const std::vector<data::Check>& checks);

}  // namespace orch::publishing
