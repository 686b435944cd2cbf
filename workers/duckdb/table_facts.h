// What a DuckDB target must know of a table that exists.
#pragma once

#include <optional>

#include "orchestrator/db/duckdb.h"
#include "workers/publishing/planning.h"
#include "workers/publishing/table_facts.h"

namespace orch::duckdb {

struct Described {
  publishing::TableFacts facts;
  publishing::PlannedTable planned;
};

/// The table or view of that name, ASCII case aside; unset where there is none.
std::optional<Described> look_at_table(Connection& connection, const data::TableName& name);

}  // namespace orch::duckdb
