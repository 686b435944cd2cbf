// Which catalog publishes a target table.
#pragma once

#include <string_view>

#include <boost/json/value.hpp>

#include "workers/connectors/connections.h"
#include "workers/data/target.h"
#include "workers/replication/step_input.h"

namespace orch::replication {

/// Who publishes the entry's target, for the position in its evidence: {"catalog": its identity,
/// "store": the run store, "key", "database", "relation", "where"}; "store" may be empty.
boost::json::object owner_of(const catalog::Catalog& catalog, const catalog::Entry& entry,
                             const connectors::Connections& connections, std::string_view store);

/// Throws TaskFailed "Target.Taken" (ORCH-0317) when the table's newest rows are of another owner:
/// of another catalog, and of another source, condition or key. Evidence without an owner is of an
/// older version, and passes.
void check_owner(const catalog::Entry& entry, const boost::json::object& owner,
                 const std::optional<data::PublishedRecord>& last);

}  // namespace orch::replication
