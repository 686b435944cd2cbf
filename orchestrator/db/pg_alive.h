// A server that says nothing: does it work, or did the network swallow it? Is there a
// pooler in between?
#pragma once

#include "orchestrator/db/pg.h"

namespace orch::pg {

/// Asks over a second connection what the server does for `connection`. False when it does not
/// answer either, or has answered already, or waits for us: then nothing will come. Throws Stopped.
bool still_works(Connection& connection);

/// True when something in between gives each transaction a session of the server, as PgBouncer
/// does.
bool through_pooler(Connection& connection);

}  // namespace orch::pg
