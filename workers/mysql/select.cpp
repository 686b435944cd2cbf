#include "workers/mysql/select.h"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/error.h"
#include "orchestrator/db/mysql.h"
#include "workers/data/expression.h"
#include "workers/data/select.h"
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

SelectPlan select_plan(const data::Table& table, const data::ReadRequest& request,
                       const std::string& condition) {
  SelectPlan plan;
  std::vector<std::string> columns;
  for (const auto& name : request.columns) {
    const auto& column = data::column_of(table, name);
    columns.push_back(selected(column, quote(column.name)));
    plan.kinds.push_back(column.kind);
  }
  plan.sql = fmt::format("SELECT {} FROM {}{}", fmt::join(columns, ", "), from_clause(request.from),
                         data::where_clause(condition));
  return plan;
}

}  // namespace orch::mysql
