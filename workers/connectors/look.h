// Looking at many databases at once.
#pragma once

#include <string>
#include <vector>

#include "workers/connectors/connections.h"
#include "workers/worker.h"

namespace orch::connectors {

/// For a task that looks at these connections and uses none for long: it needs no slot of them.
/// Throws workers::NotAdmitted while one of them is held back or in maintenance.
void look(workers::TaskContext& context, const Connections& connections,
          const std::vector<std::string>& names);

}  // namespace orch::connectors
