#include "workers/replication/plan_document.h"

#include <string>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "workers/data/parts.h"
#include "workers/replication/table_task.h"
#include "workers/rows/refusable.h"

namespace orch::replication {

namespace bj = boost::json;

std::string_view lock_name(data::PublishWay::Lock lock) {
  switch (lock) {
    case data::PublishWay::Lock::exchange:
      return "exchange";
    case data::PublishWay::Lock::writers:
      return "writers";
    case data::PublishWay::Lock::rows:
      return "rows";
    case data::PublishWay::Lock::database:
      return "database";
    case data::PublishWay::Lock::none:
      break;
  }
  return "none";
}

bj::array plan_columns(const data::LoadPlan& plan) {
  bj::array columns;
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    const auto& from = plan.request.source.columns[i];
    const auto& to = plan.columns[i];
    const bool cells = plan.format == data::RowFormat::cells;
    columns.push_back(bj::object{
        {"source", from.name},
        {"source_type", from.native.shown()},
        {"target", to.name},
        {"target_type", to.native.shown()},
        {"may_refuse", cells ? rows::refusable(from, to, plan.request.source_traits) : ""},
        {"may_lose", cells ? rows::losable(from, to) : ""}});
  }
  return columns;
}

bj::object plan_document(const TablePlan& table) {
  const auto& entry = table.entry;
  bj::array problems;
  for (const auto& problem : table.problems)
    problems.push_back(bj::object{{"message", problem.message}, {"hint", problem.hint}});
  bj::object out{
      {"key", entry.key},
      {"source",
       {{"connection", entry.source_connection},
        {"table", entry.source.query.empty() ? entry.source.table.display() : "(query)"}}},
      {"target", {{"connection", entry.target_connection}, {"table", entry.target.display()}}},
      {"strategy", data::strategy_name(entry.strategy)},
      {"problems", std::move(problems)}};
  if (!table.grants.empty()) out["grants"] = bj::array(table.grants.begin(), table.grants.end());
  if (!table.plan) return out;
  const auto& source = table.plan->request.source;
  out["method"] = method_of(table.plan->format);
  out["parts"] = table.plan->request.parts;
  if (auto advice = parts_advice(*table.plan); !advice.empty())
    out["parts_advice"] = std::move(advice);
  out["creates"] = table.plan->create;
  out["publish"] = table.publish.method;
  out["lock"] = lock_name(table.publish.lock);
  out["rows"] = source.estimated_rows ? bj::value(*source.estimated_rows) : bj::value();
  out["bytes"] = source.estimated_bytes ? bj::value(*source.estimated_bytes) : bj::value();
  out["after"] = table.after ? bj::value(*table.after) : bj::value();
  out["columns"] = plan_columns(*table.plan);
  return out;
}

std::string parts_advice(const data::LoadPlan& plan) {
  const auto useful = data::useful_parts();
  if (plan.request.parts <= useful) return {};
  return fmt::format(
      "\"parts\": {} is more than this machine makes use of: a part keeps two of its {} cores "
      "busy; "
      "{} would be faster",
      plan.request.parts, std::thread::hardware_concurrency(),
      useful == 1 ? "one part" : fmt::format("{} parts", useful));
}

}  // namespace orch::replication
