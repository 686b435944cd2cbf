// Can a catalog be carried out?
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "orchestrator/base/error.h"
#include "workers/catalog/catalog.h"
#include "workers/connectors/connections.h"
#include "workers/data/target.h"

namespace orch::replication {

/// Connects and asks for each of `entries`, some of `catalog`'s, what a run would ask: missing
/// tables and columns, the right to read, drift, types that cannot arrive unchanged, targets of
/// other catalogs or that would be one table, columns and SQL of conditions and checks. The pointer
/// of a problem is the metadata key.
std::vector<Problem> check_catalog(const catalog::Catalog& catalog,
                                   const std::vector<catalog::Entry>& entries,
                                   const connectors::Connections& connections);

/// What a run would do with a table.
struct TablePlan {
  catalog::Entry entry;
  std::optional<data::LoadPlan> plan;  ///< unset: it is refused, or has no files yet
  /// "unchanged": nothing says that the source has changed, and rows that are equal stay.
  data::PublishWay publish;
  std::optional<std::string> after;  ///< the watermark above which rows are read
  std::vector<Problem> problems;     ///< as of check_catalog()
  std::vector<std::string> grants;   ///< statements that give the rights that are missing
};

/// Asks likewise, and what it takes to carry it out. In the order of `entries`.
std::vector<TablePlan> plan_catalog(const catalog::Catalog& catalog,
                                    const std::vector<catalog::Entry>& entries,
                                    const connectors::Connections& connections);

}  // namespace orch::replication
