// Connecting, with a time limit and a reason. Internal to the module.
#pragma once

#include "orchestrator/db/pg.h"

namespace orch::pg {

/// Connects without blocking for longer than `connect_timeout` of `conninfo` or a stop. Throws
/// Stopped, or Error with the SQLSTATE that the server gave ("28P01", "3D000", "53300", "57P03",
/// …), "08001" when no server answered, or "08004" when one is there and takes other connections:
/// TLS or a setting of this one is wrong.
pg_conn* connect(const std::string& conninfo, const Stop& stop);

}  // namespace orch::pg
