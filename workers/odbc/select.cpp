#include "workers/odbc/select.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <boost/algorithm/string/replace.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workers/data/expression.h"
#include "workers/data/select.h"
#include "workers/worker.h"

namespace orch::odbc {
namespace {

std::string enclosed(const Session& session, const std::string& sql, std::string what) {
  return data::enclosed(sql, session.dialect->expressions,
                        {"Source.QueryFailed", std::move(what),
                         "\"query\" is one SELECT, \"where\" one condition, with texts in single "
                         "quotes and names in double quotes",
                         "ORCH-0431"});
}

}  // namespace

std::string replaced(std::string_view sql, std::string_view place, const std::string& with) {
  return boost::replace_all_copy(std::string(sql), place, with);
}

std::string first_row(const Session& session, const std::string& columns, const std::string& from,
                      const std::string& condition) {
  return replaced(
      replaced(replaced(session.dialect->first_row, "{columns}", columns), "{from}", from),
      "{where}", data::where_clause(condition));
}

std::string enclosed_query(const Session& session, const std::string& query) {
  return enclosed(session, query, "the query");
}

std::string from_clause(const Session& session, const data::Relation& relation) {
  // Without AS, which Oracle does not know here.
  if (!relation.query.empty()) return enclosed_query(session, relation.query) + " source";
  const auto table = quoted(session, relation.table.name);
  return relation.table.schema.empty() ? table
                                       : quoted(session, relation.table.schema) + "." + table;
}

std::string condition_of(const Session& session, const std::string& where) {
  return where.empty() ? "" : enclosed(session, where, "the condition");
}

SelectPlan select_plan(const Session& session, const data::Table& table,
                       const data::ReadRequest& request, const std::string& condition) {
  std::vector<Plan> wanted;
  std::vector<std::string> names;
  for (const auto& name : request.columns) {
    const auto& column = data::column_of(table, name);
    wanted.push_back(plan_of(*session.dialect, column, quoted(session, column.name), session.wide));
    names.push_back(column.name);
  }
  const auto in_pieces = [&](std::size_t i) {
    const auto form = wanted[i].fetch.form;
    return wanted[i].fetch.longest == 0 &&
           (form == Form::text || form == Form::wide || form == Form::bytes);
  };
  std::vector<std::size_t> order(wanted.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_partition(order, [&](std::size_t i) { return !in_pieces(i); });
  SelectPlan plan;
  plan.places.resize(order.size());
  std::vector<std::string> expressions;
  for (const auto i : order) {
    plan.places[i] = plan.columns.size();
    plan.columns.push_back(wanted[i]);
    plan.names.push_back(names[i]);
    expressions.push_back(wanted[i].select);
  }
  plan.sql = fmt::format("SELECT {} FROM {}{}", fmt::join(expressions, ", "),
                         from_clause(session, request.from), data::where_clause(condition));
  return plan;
}

}  // namespace orch::odbc
