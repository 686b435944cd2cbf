#include "workers/replication/catalog_check.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/json/members.h"
#include "orchestrator/json/text.h"
#include "workers/replication/drift.h"
#include "workers/replication/landing.h"
#include "workers/replication/open_ends.h"
#include "workers/replication/owner.h"
#include "workers/replication/plan_request.h"
#include "workers/replication/table_task.h"
#include "workers/replication/unchanged.h"
#include "workers/replication/watermark.h"
#include "workers/worker.h"

namespace orch::replication {
namespace {

std::string hint_of(const workers::TaskFailed& failed) {
  return json::text_member(json::parse(failed.cause()), "hint");
}

std::vector<std::string> grants_of(const workers::TaskFailed& failed) {
  std::vector<std::string> grants;
  const auto cause = json::parse(failed.cause());
  const auto* members = cause.if_object();
  const auto* list = members ? members->if_contains("grants") : nullptr;
  if (!list || !list->is_array()) return grants;
  for (const auto& each : list->get_array()) grants.emplace_back(each.as_string());
  return grants;
}

class CatalogCheck {
 public:
  CatalogCheck(const catalog::Catalog& catalog, const connectors::Connections& connections)
      : catalog_(catalog), connections_(connections), ends_(connections) {}

  /// Sets what it finds in `found`. Throws TaskFailed for what stands in the way of all else.
  std::vector<std::string> problems(catalog::Entry entry, TablePlan& found) {
    auto& target = ends_.target(entry.target_connection);
    auto& source = ends_.source(entry.source_connection);
    const auto complete = complete_relation(source, entry.source);
    if (!complete) return {};  // no file is there, so that nothing can be said of them
    entry.source = *complete;
    const auto table = source.describe(entry.source);
    const auto request = make_request(entry, table, source, target);
    const auto last = target.last_published(entry.target);
    if (!entry.takeover) check_owner(entry, owner_of(catalog_, entry, connections_, ""), last);
    check_drift(entry, table, request, last);
    auto plan = target.plan(request);
    const auto watermark = plan_watermark(entry, plan, last, target);
    auto read =
        read_request(entry, plan, watermark ? std::optional(watermark->range) : std::nullopt);
    read.parts = 1;
    source.open(read);
    if (watermark) check_watermark(entry, source.watermark().value());
    auto problems = target.check_problems(plan, entry.checks);
    found.publish = likely_unchanged(plan, last, source.change_mark(entry.source))
                        ? data::PublishWay{"unchanged", data::PublishWay::Lock::none}
                        : target.publish_way(plan);
    if (watermark) found.after = watermark->range.after;
    found.plan = std::move(plan);
    return problems;
  }

 private:
  const catalog::Catalog& catalog_;
  const connectors::Connections& connections_;
  OpenEnds ends_;
};

}  // namespace

std::vector<TablePlan> plan_catalog(const catalog::Catalog& catalog,
                                    const std::vector<catalog::Entry>& entries,
                                    const connectors::Connections& connections) {
  CatalogCheck check(catalog, connections);
  const auto names = catalog::target_name_problems(catalog, connections);
  std::vector<TablePlan> tables;
  for (const auto& entry : entries) {
    auto& table = tables.emplace_back();
    table.entry = entry;
    std::copy_if(names.begin(), names.end(), std::back_inserter(table.problems),
                 [&](const Problem& problem) { return problem.pointer == entry.key; });
    try {
      for (auto& problem : check.problems(entry, table))
        table.problems.push_back({entry.key, std::move(problem)});
    } catch (const workers::TaskFailed& failed) {
      table.problems.push_back(
          {entry.key, fmt::format("{}: {}", failed.error(), failed.what()), hint_of(failed)});
      table.grants = grants_of(failed);
    }
  }
  return tables;
}

std::vector<Problem> check_catalog(const catalog::Catalog& catalog,
                                   const std::vector<catalog::Entry>& entries,
                                   const connectors::Connections& connections) {
  std::vector<Problem> problems;
  for (auto& table : plan_catalog(catalog, entries, connections))
    std::ranges::move(table.problems, std::back_inserter(problems));
  return problems;
}

}  // namespace orch::replication
