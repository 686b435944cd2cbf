// Turning libpq's results into ours. Internal to the module.
#pragma once

#include "orchestrator/db/pg.h"

namespace orch::pg {

/// Owns `raw`, which may be null (the connection broke). Throws Error unless it is a success.
Result checked(pg_conn* connection, pg_result* raw);

}  // namespace orch::pg
