#include "orchestrator/host/retention.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "orchestrator/base/error.h"
#include "orchestrator/base/log.h"
#include "orchestrator/host/run_export.h"
#include "orchestrator/pipeline/document.h"
#include "orchestrator/store/pipelines.h"

namespace orch::host {
namespace {

constexpr std::int64_t runs_a_read = 1'000;

// Where only the number of runs is limited.
constexpr std::int64_t days_of_reasons = 365;

/// Since when what has no run of its own is kept.
Instant reasons_before(const pipeline::Retention& rule, Instant now) {
  const auto days = rule.failure_days ? rule.failure_days : rule.days;
  return now - std::chrono::days(days.value_or(days_of_reasons));
}

pipeline::Retention retention_of(const store::PipelineRow& row,
                                 const pipeline::Retention& defaults) {
  try {
    const auto document = pipeline::parse(row.revision.document, row.name);
    return document.retention.value_or(defaults);
  } catch (const Error& error) {
    log::warn("msg=\"pipeline {}: all its runs are kept: {}\"", row.name, error.what());
    return {};
  }
}

}  // namespace

std::map<std::string, pipeline::Retention> retention_of_pipelines(
    store::Store& store, const pipeline::Retention& defaults) {
  std::map<std::string, pipeline::Retention> found;
  for (const auto& row : store.pipelines().list())
    found.emplace(row.name, retention_of(row, defaults));
  return found;
}

RetentionPlan plan_retention(store::Store& store, store::Housekeeping& keeping,
                             const pipeline::Retention& defaults, Instant now) {
  const auto rules = retention_of_pipelines(store, defaults);
  // Of a pipeline and of a workflow with its name.
  std::map<std::pair<bool, std::string>, pipeline::RetentionCount> counts;
  RetentionPlan plan;
  std::optional<std::pair<Instant, store::ExecutionId>> behind;
  for (auto runs = keeping.ended(behind, runs_a_read); !runs.empty();
       runs = keeping.ended(behind, runs_a_read)) {
    behind = {runs.back().started_at, runs.back().id};
    for (auto& run : runs) {
      const auto rule = rules.find(run.pipeline);
      const bool own = !run.pipeline.empty();
      const auto& name = own ? run.pipeline : run.workflow;
      auto& count =
          counts.try_emplace({own, name}, rule == rules.end() ? defaults : rule->second, now)
              .first->second;
      auto why = count.why_not_keep(run.succeeded, run.ended_at);
      if (why.empty())
        ++plan.kept[name];
      else
        plan.expired.push_back({std::move(run), std::move(why)});
    }
  }
  std::ranges::reverse(plan.expired);
  return plan;
}

bool remove_run(store::Store& store, store::Housekeeping& keeping, const Expired& expired,
                const std::filesystem::path& export_folder) {
  if (!export_folder.empty()) export_runs(store, keeping.family(expired.run.id), export_folder);
  return keeping.remove(expired.run.id, expired.run.ended_at);
}

bool remove_leftovers(store::Store& store, store::Housekeeping& keeping,
                      const pipeline::Retention& defaults, Instant now,
                      const std::function<bool()>& rest) {
  const auto rules = retention_of_pipelines(store, defaults);
  for (const auto& pipeline : keeping.fired_pipelines()) {
    const auto found = rules.find(pipeline);
    const auto& rule = found == rules.end() ? defaults : found->second;
    if (rule.keeps_all()) continue;
    std::optional<store::FirePlace> at;
    while ((at = keeping.remove_fires(pipeline, at, reasons_before(rule, now))))
      if (!rest()) return false;
  }
  if (!defaults.keeps_all()) keeping.remove_outages(reasons_before(defaults, now));
  keeping.remove_definitions();
  return rest();
}

}  // namespace orch::host
