// How a source's columns land in a SQLite table.
#pragma once

#include <optional>

#include "workers/data/target.h"
#include "workers/sqlite/describe.h"

namespace orch::sqlite {

/// The plan for a target that exists as `existing`, or is to be created. Throws TaskFailed
/// "Schema.Mismatch" (ORCH-0435) with every column that does not fit, "Type.Unsupported".
data::LoadPlan make_plan(const data::PlanRequest& request,
                         const std::optional<Described>& existing);

/// `CREATE TABLE` for the target itself, with its key.
std::string create_target_sql(const data::LoadPlan& plan);

/// `CREATE TABLE` for its staging table: the same declared types, so that what can be read back
/// from it is what the target will hold; no constraints. `collations` of the columns, where the
/// target has them.
std::string create_staging_sql(const data::LoadPlan& plan, bool strict,
                               const std::vector<std::string>& collations);

}  // namespace orch::sqlite
