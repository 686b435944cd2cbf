// The rights that a load needs in its target.
#pragma once

#include <optional>

#include "workers/data/target.h"
#include "workers/postgres/describe.h"

namespace orch::postgres {

/// Throws TaskFailed "Target.Denied" (ORCH-0406) with the GRANT statement when the connection's
/// user may not use the schema of a table that exists: the table cannot be looked at then.
void check_schema(pg::Connection& connection, const data::TableName& table);

/// Throws TaskFailed "Target.Denied" (ORCH-0406) with the GRANT statements that the connection's
/// user lacks for staging and publishing `plan` into `existing`, or into a table that is to be
/// created.
void check_rights(pg::Connection& connection, const data::LoadPlan& plan,
                  const std::optional<Described>& existing);

}  // namespace orch::postgres
