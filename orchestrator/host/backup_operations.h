// store.backup.
#pragma once

#include <vector>

#include "orchestrator/host/operations.h"

namespace orch::host {

/// store.backup {"to":PLACE,"keep"?:N} → {"place","bytes","runs"}, as back_up().
std::vector<Operation> backup_operations();

}  // namespace orch::host
