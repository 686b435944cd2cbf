// Stopping a run that no process runs.
#pragma once

#include <string>

#include "orchestrator/store/store.h"

namespace orch::engine {

/// Ends the run, the iterations of its distributed maps and the executions that its tasks wait for,
/// in one transaction. No task is delivered and no other run moves. `store` is this process's, and
/// no engine works on it. Returns the run's id. Throws Error ORCH-0203 when there is no such run,
/// ORCH-0205 when it has ended.
std::string stop_at_rest(store::Store& store, const std::string& run, const std::string& error,
                         const std::string& cause);

}  // namespace orch::engine
