// Plans of loads into a zone, and the names that it takes.
#pragma once

#include "workers/delta/schema.h"
#include "workers/duckdb/dialect.h"
#include "workers/lake/zone.h"
#include "workers/publishing/table_facts.h"

namespace orch::lake {

/// DuckDB's, over views of the tables' files.
class LakeDialect final : public duckdb::DuckdbDialect {
 public:
  data::TableName stored(const data::TableName& table) const override { return table; }
  std::string name_problem(std::string_view name) const override;
  std::string table_problem(const data::TableName& table) const override;
};

const LakeDialect& dialect();

/// What publishing must know of a table; unset where there is none.
std::optional<publishing::TableFacts> facts_of(const data::TableName& name,
                                               const delta::Snapshot& snapshot);

/// The plan of a load into the table at `snapshot`. Throws delta::LogError, and as
/// publishing::make_plan().
data::LoadPlan make_plan(const Zone& zone, const data::PlanRequest& request,
                         const delta::Snapshot& snapshot);

/// The table's columns as the plan has them.
std::vector<delta::Field> fields_of(const data::LoadPlan& plan);

/// Gives `snapshot`, which has no table, the protocol and metadata of a new one.
void make_table(const Zone& zone, const data::LoadPlan& plan, delta::Snapshot& snapshot);

}  // namespace orch::lake
