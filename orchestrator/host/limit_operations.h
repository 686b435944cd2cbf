// holds.add, holds.remove, limits.list, connections.history.
#pragma once

#include <vector>

#include "orchestrator/host/operations.h"

namespace orch::host {

std::vector<Operation> limit_operations();

}  // namespace orch::host
