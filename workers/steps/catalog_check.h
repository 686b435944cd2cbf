// Can a catalog be carried out?
#pragma once

#include <vector>

#include "orchestrator/base/error.h"
#include "workers/catalog/entry.h"
#include "workers/connections/connections.h"

namespace orch::steps {

/// Connects and asks for each entry what stage would ask: missing tables and columns, types that
/// cannot arrive unchanged. One problem a table; its pointer is the metadata key.
std::vector<Problem> check_catalog(const std::vector<catalog::Entry>& entries,
                                   const connections::Connections& connections);

}  // namespace orch::steps
