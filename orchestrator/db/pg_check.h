// Turning libpq's results into ours. Internal to the module.
#pragma once

#include "orchestrator/db/pg.h"

namespace orch::pg {

/// Throws Error unless `result` is a success; null means that the connection broke.
void check(pg_conn* connection, const pg_result* result);

/// Owns `raw`, which may be null. Throws like check().
Result checked(pg_conn* connection, pg_result* raw);

/// libpq's words without what ends them.
std::string trimmed(const char* message);

}  // namespace orch::pg
