// Plans of loads into DuckDB files.
#pragma once

#include <optional>
#include <string>

#include "workers/duckdb/table_facts.h"

namespace orch::duckdb {

/// The plan of a load into the table that exists, or the one to be made.
data::LoadPlan make_plan(const data::PlanRequest& request,
                         const std::optional<Described>& existing);

/// "CREATE TABLE …" with the plan's columns; `target`: with its constraints.
std::string create_table_sql(const data::LoadPlan& plan, const data::TableName& name, bool target);

}  // namespace orch::duckdb
