// What a server's database offers to a discovery.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/db/pg.h"
#include "workers/data/source.h"

namespace orch::postgres {

/// Tables, views and foreign tables of all the user's schemas. Partitions are part of their parent,
/// and orch's bookkeeping is not user data: neither is listed.
std::vector<data::Listed> list_relations(pg::Connection& connection);

/// The user's schemas, in order.
std::vector<std::string> list_schemas(pg::Connection& connection);

/// Why there is no table `name`, with what could be meant: for the message and hint of a failure.
std::string explain_missing(pg::Connection& connection, const data::TableName& name);

}  // namespace orch::postgres
