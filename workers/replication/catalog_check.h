// Can a catalog be carried out?
#pragma once

#include <vector>

#include "orchestrator/base/error.h"
#include "workers/catalog/catalog.h"
#include "workers/connectors/connections.h"

namespace orch::replication {

/// Connects and asks for each of `entries`, some of `catalog`'s, what a run would ask: missing
/// tables and columns, the right to read, drift, types that cannot arrive unchanged, targets of
/// other catalogs or that would be one table, columns and SQL of conditions and checks. The pointer
/// of a problem is the metadata key.
std::vector<Problem> check_catalog(const catalog::Catalog& catalog,
                                   const std::vector<catalog::Entry>& entries,
                                   const connectors::Connections& connections);

}  // namespace orch::replication
