#include "workers/mysql/select.h"

#include <algorithm>
#include <utility>

#include <boost/algorithm/string/predicate.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/error.h"
#include "orchestrator/db/mysql.h"
#include "workers/data/expression.h"
#include "workers/mysql/describe.h"
#include "workers/mysql/types.h"
#include "workers/worker.h"

namespace orch::mysql {
namespace {

std::string enclosed(const std::string& sql, std::string what) {
  return data::enclosed(sql, data::SqlDialect::mysql,
                        {"Source.QueryFailed", std::move(what),
                         "\"query\" is one SELECT, \"where\" one condition, with texts in single "
                         "quotes, names in double quotes or backquotes",
                         "ORCH-0431"});
}

}  // namespace

std::string enclosed_query(const std::string& query) { return enclosed(query, "the query"); }

std::string from_clause(const data::Relation& relation) {
  if (relation.query.empty()) return qualified(relation.table);
  return enclosed_query(relation.query) + " AS source";
}

std::string condition_of(const std::string& where) {
  return where.empty() ? "" : enclosed(where, "the condition");
}

std::string where_clause(const std::string& condition) {
  return condition.empty() ? "" : " WHERE " + condition;
}

std::string both(const std::string& left, const std::string& right) {
  if (left.empty()) return right;
  return right.empty() ? left : left + " AND " + right;
}

const data::Column& column_of(const data::Table& table, const std::string& name) {
  const auto found = std::ranges::find_if(
      table.columns, [&](const auto& column) { return boost::iequals(column.name, name); });
  if (found != table.columns.end()) return *found;
  std::vector<std::string> names;
  for (const auto& column : table.columns) names.push_back(column.name);
  throw workers::TaskFailed(
      "Source.ColumnMissing",
      fmt::format("no column \"{}\" in {}{}", name,
                  table.name.name.empty() ? "the query" : table.name.display(),
                  did_you_mean(name, names)),
      "the catalog names columns that the source has", "ORCH-0445", {{"column", name}});
}

SelectPlan select_plan(const data::Table& table, const data::ReadRequest& request,
                       const std::string& condition) {
  SelectPlan plan;
  std::vector<std::string> columns;
  for (const auto& name : request.columns) {
    const auto& column = column_of(table, name);
    columns.push_back(selected(column, quote(column.name)));
    plan.kinds.push_back(column.kind);
  }
  plan.sql = fmt::format("SELECT {} FROM {}{}", fmt::join(columns, ", "), from_clause(request.from),
                         where_clause(condition));
  return plan;
}

}  // namespace orch::mysql
