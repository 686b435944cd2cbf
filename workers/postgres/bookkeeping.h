// The schemas orch and orch_stage of a target database (schema/postgres-target/ explains them).
#pragma once

#include <string>

#include "orchestrator/db/pg.h"

namespace orch::postgres {

/// Creates or upgrades schema and tables, in transactions of its own. Throws orch::Error ORCH-0207
/// when a newer orch made them.
void prepare_bookkeeping(pg::Connection& connection, const std::string& display);
/// False in a database that orch never wrote to.
bool has_bookkeeping(pg::Connection& connection);

}  // namespace orch::postgres
