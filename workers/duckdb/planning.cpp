#include "workers/duckdb/planning.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workers/duckdb/column_type.h"
#include "workers/duckdb/dialect.h"

namespace orch::duckdb {
namespace {

class Columns final : public publishing::ColumnPlanner {
 public:
  explicit Columns(const data::PlanRequest& request) : request_(request) {}

  data::Column new_column(std::size_t i, data::LoadPlan&,
                          publishing::PlanProblems& problems) override {
    const auto& source = request_.source.columns[i];
    const auto& name = request_.target_columns[i];
    if (const auto& wish = request_.target_types[i]; !wish.empty()) {
      if (auto column = column_wished(name, wish)) {
        column->nullable = source.nullable;
        return *std::move(column);
      }
      problems.unsupported(
          fmt::format("{}: \"{}\" is no type that DuckDB files are written in", source.name, wish));
      return source;
    }
    auto column = column_for(name, source);
    if (!is_written(column))
      problems.unsupported(
          fmt::format("{} ({}): no type of DuckDB holds all its values; give it "
                      "a \"type\" in the catalog",
                      source.name, source.native.empty() ? "no type" : source.native.shown()));
    return column;
  }

  void fit(std::size_t i, const data::Column& column, data::LoadPlan& plan,
           publishing::PlanProblems& problems) override {
    if (plan.create || is_written(column)) return;
    problems.mismatch(
        fmt::format("{} ({}) cannot be written as {} ({})", request_.source.columns[i].name,
                    request_.source.columns[i].native.shown(), column.name, column.native.shown()));
  }

 private:
  const data::PlanRequest& request_;
};

}  // namespace

data::LoadPlan make_plan(const data::PlanRequest& request,
                         const std::optional<Described>& existing) {
  std::optional<publishing::PlannedTable> table;
  if (existing) table = existing->planned;
  Columns columns(request);
  auto plan = publishing::make_plan(dialect(), request, table, columns);
  // However the catalog spells it, it is one table.
  if (existing) plan.request.target = existing->facts.table.name;
  return plan;
}

std::string create_table_sql(const data::LoadPlan& plan, const data::TableName& name, bool target) {
  std::vector<std::string> lines;
  for (const auto& column : plan.columns)
    lines.push_back(fmt::format("{} {}{}", quote(column.name), type_sql(column),
                                target && !column.nullable ? " NOT NULL" : ""));
  if (target && !plan.request.key_columns.empty())
    lines.push_back(
        fmt::format("PRIMARY KEY ({})", publishing::list(dialect(), plan.request.key_columns)));
  return fmt::format("CREATE TABLE {} ({})", dialect().qualified(name), fmt::join(lines, ", "));
}

}  // namespace orch::duckdb
