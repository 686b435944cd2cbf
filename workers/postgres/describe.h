// What a server says about its tables.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "orchestrator/db/pg.h"
#include "workers/data/table.h"

namespace orch::postgres {

/// A table as orch reads or writes it.
struct Described {
  data::Table table;
  std::string oid;
  char relkind = 'r';  ///< r table, p partitioned, v view, m materialised view, f foreign
  std::int64_t pages = 0;
  std::vector<std::string> type_oids;        ///< of the columns
  std::vector<std::string> domain_arrays;    ///< columns that are arrays of a domain
  std::vector<std::string> always_identity;  ///< columns GENERATED ALWAYS AS IDENTITY
};

/// The table `name` (found by the search path without a schema), or nothing.
std::optional<Described> describe_table(pg::Connection& connection, const data::TableName& name);

/// What the server counts of the writes to a table; empty for what it does not count as one: views,
/// tables with partitions or children, and all tables of a standby.
std::string change_mark(pg::Connection& connection, const data::TableName& name);

/// Columns of a query, without running it.
Described describe_query(pg::Connection& connection, const std::string& query);

}  // namespace orch::postgres
