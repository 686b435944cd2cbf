#include "workers/postgres/select.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "workers/data/expression.h"
#include "workers/postgres/decoder.h"
#include "workers/postgres/names.h"
#include "workers/postgres/type_name.h"
#include "workers/postgres/watermark.h"

namespace orch::postgres {
namespace {

using data::Kind;

constexpr int first_with_tid_scan = 140'000;

const data::Column* find(const data::Table& table, const std::string& name) {
  const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                  [&](const data::Column& column) { return column.name == name; });
  return found == table.columns.end() ? nullptr : &*found;
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string enclosed(const std::string& sql, std::string what) {
  return data::enclosed(sql, data::SqlDialect::postgresql,
                        {"Source.QueryFailed", std::move(what),
                         "\"query\" is one SELECT, \"where\" one condition", "ORCH-0431"});
}

}  // namespace

std::string from_clause(const data::Relation& relation) {
  if (relation.query.empty()) return (relation.alone ? "ONLY " : "") + qualified(relation.table);
  return enclosed(relation.query, "the query") + " AS source";
}

std::string where_clause(const std::string& condition) {
  return condition.empty() ? "" : " WHERE " + enclosed(condition, "the condition");
}

void check_query(const std::string& query) { enclosed(query, "the query"); }

std::string SelectPlan::select(const std::string& range) const {
  auto where = condition;
  if (!range.empty()) where += (where.empty() ? "" : " AND ") + range;
  return fmt::format("SELECT {} FROM {}{}{}", columns, from, where.empty() ? "" : " WHERE ", where);
}

SelectPlan select_plan(const Described& described, const data::ReadRequest& request) {
  const auto& table = described.table;
  SelectPlan plan;
  plan.from = from_clause(request.from);
  for (std::size_t i = 0; i < request.columns.size(); ++i) {
    const auto& name = request.columns[i];
    const auto* column = find(table, name);
    auto expression = i < request.expressions.size() && !request.expressions[i].empty()
                          ? request.expressions[i]
                          : pg::quote(name);
    auto kind = column ? column->kind : Kind::text;
    if (request.format == data::RowFormat::cells && column && !read_as_is(column->kind)) {
      expression += "::text";
      kind = Kind::text;
    } else if (request.format == data::RowFormat::pg_binary && column &&
               contains(described.domain_arrays, column->name)) {
      expression += "::" + type_sql(column->native, column->name);
    }
    plan.kinds.push_back(kind);
    plan.columns += (plan.columns.empty() ? "" : ", ") + expression;
  }
  if (!request.where.empty()) plan.condition = enclosed(request.where, "the condition");
  plan.author = plan.condition;
  if (request.watermark) {
    const auto range = watermark_condition(table, *request.watermark);
    if (!range.empty()) plan.condition += (plan.condition.empty() ? "(" : " AND (") + range + ")";
  }
  return plan;
}

std::vector<std::string> page_ranges(const Described& described, const data::ReadRequest& request,
                                     int server_version) {
  if (described.relkind != 'r') return {""};
  return page_ranges(described.pages, request.parts, server_version);
}

std::vector<std::string> page_ranges(std::int64_t pages, std::int64_t parts, int server_version) {
  parts = std::min(parts, pages);
  if (parts < 2 || server_version < first_with_tid_scan) return {""};
  std::vector<std::string> ranges;
  for (std::int64_t i = 0; i < parts; ++i) {
    auto range = fmt::format("ctid >= '({},0)'::tid", pages * i / parts);
    // Open at the end: pages that were added since the size was asked belong to the last part.
    if (i + 1 < parts) range += fmt::format(" AND ctid < '({},0)'::tid", pages * (i + 1) / parts);
    ranges.push_back(std::move(range));
  }
  return ranges;
}

std::string range_condition(const data::WatermarkRange& range) {
  std::string condition;
  const auto column = pg::quote(range.column);
  // An untyped literal takes the column's type.
  if (range.after) condition = fmt::format("{} > {}", column, pg::literal(*range.after));
  if (range.upto)
    condition += fmt::format("{}{} <= {}", condition.empty() ? "" : " AND ", column,
                             pg::literal(*range.upto));
  return condition;
}

}  // namespace orch::postgres
