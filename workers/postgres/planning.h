// How a table's columns land in PostgreSQL.
#pragma once

#include <optional>

#include "orchestrator/db/pg.h"
#include "workers/data/target.h"
#include "workers/postgres/describe.h"

namespace orch::postgres {

/// The plan for `request` against the table that exists, or the one to be created. Throws
/// TaskFailed "Type.Unsupported" (ORCH-0410) or "Schema.Mismatch" (ORCH-0435) naming every column
/// that cannot arrive unchanged. `connection` is asked which types exist.
data::LoadPlan make_plan(pg::Connection& connection, const data::PlanRequest& request,
                         const std::optional<Described>& existing);

}  // namespace orch::postgres
