#include "orchestrator/host/alert_facts.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "orchestrator/base/log.h"
#include "orchestrator/pipeline/document.h"
#include "orchestrator/store/pipelines.h"
#include "orchestrator/view/table_runs.h"

namespace orch::host {
namespace {

constexpr std::string_view pipeline_subject = "pipeline:";
constexpr std::string_view workflow_prefix = "workflow:";
constexpr std::string_view drift_error = "Schema.Drift";
constexpr std::chrono::hours fires_kept{48};

std::string told(const view::Failure& failure, const std::string& where) {
  auto text = failure.error;
  if (!failure.message.empty()) text += ": " + failure.message;
  const auto& place = failure.key.empty() ? where : failure.key;
  if (!place.empty()) text += fmt::format(" ({})", place);
  return text;
}

void read_document(const std::string& text, Watched& watched) {
  const auto document = pipeline::parse(text, "the pipeline");
  watched.subject.rules = document.alerts;
  watched.subject.owner = document.owner;
  watched.subject.promise = document.fresh;
  watched.reaction = document.on_failure;
}

void add_named(const AlertPlan& plan, bool of_pipelines, const std::string& name,
               Watched& watched) {
  std::set<std::string> known;
  for (const auto& rule : watched.subject.rules) known.insert(rule.name);
  for (const auto& named : plan.rules)
    if (named.of_pipelines == of_pipelines && fits(named.name, name) &&
        known.insert(named.rule.name).second)
      watched.subject.rules.push_back(named.rule);
}

Watched watched_pipeline(const AlertPlan& plan, const store::PipelineRow& row) {
  Watched watched;
  watched.subject.name = std::string(pipeline_subject) + row.name;
  try {
    read_document(row.revision.document, watched);
  } catch (const std::exception& error) {
    log::error({{"pipeline", row.name}}, "its alerts cannot be read: {}", error.what());
  }
  add_named(plan, true, row.name, watched);
  return watched;
}

}  // namespace

bool fits(std::string_view pattern, std::string_view name) {
  const auto star = pattern.find('*');
  if (star == pattern.npos) return pattern == name;
  const auto before = pattern.substr(0, star), after = pattern.substr(star + 1);
  if (!name.starts_with(before)) return false;
  name.remove_prefix(before.size());
  for (std::size_t skipped = 0; skipped <= name.size(); ++skipped)
    if (fits(after, name.substr(skipped))) return true;
  return false;
}

std::string subject_of(const store::NewExecution& made) {
  if (made.pipeline) return std::string(pipeline_subject) + made.pipeline->pipeline;
  return std::string(workflow_prefix) + made.workflow;
}

bool Watched::asks_for(alerts::Condition condition) const {
  return std::ranges::any_of(subject.rules,
                             [&](const alerts::Rule& rule) { return rule.when == condition; });
}

std::map<std::string, Watched> watched_subjects(store::Store& store, const AlertPlan& plan,
                                                const std::vector<std::string>& workflows) {
  std::map<std::string, Watched> all;
  for (const auto& row : store.pipelines().list()) {
    auto watched = watched_pipeline(plan, row);
    auto name = watched.subject.name;
    all.emplace(std::move(name), std::move(watched));
  }
  for (const auto& name : workflows) {
    Watched watched;
    watched.subject.name = std::string(workflow_prefix) + name;
    add_named(plan, false, name, watched);
    if (!watched.subject.rules.empty()) all.emplace(watched.subject.name, watched);
  }
  all["server"].subject = {"server", "", plan.server_rules};
  return all;
}

alerts::RunEnd end_of(store::Store& store, const Watched& watched, const store::ExecutionRow& row) {
  alerts::RunEnd run;
  run.run = row.made.run_id;
  run.name = row.made.name;
  run.started = row.made.started_at;
  run.ended = row.ended_at.value_or(row.made.started_at);
  using How = alerts::RunEnd::How;
  const bool succeeded = row.status == execution::Status::succeeded;
  run.how = succeeded                                  ? How::succeeded
            : row.status == execution::Status::aborted ? How::stopped
                                                       : How::failed;
  if (run.how == How::failed) {
    auto failure = view::failure_of(row.error, row.cause);
    if (failure.error.empty()) failure.error = "States.Timeout";
    run.failure = told(failure, "");
  }
  if (!watched.asks_for(alerts::Condition::drift) && !watched.asks_for(alerts::Condition::warning))
    return run;
  const auto overview = view::overview_of(store, row.id);
  const auto take = [&](const view::Failure* failure, const std::string& where) {
    if (!failure) return;
    auto& list = failure->error == drift_error ? run.drift : run.caught;
    const auto text = told(*failure, where);
    if (std::ranges::find(list, text) == list.end()) list.push_back(text);
  };
  for (const auto& table : overview.tables) take(table.failure(), table.key);
  for (const auto& state : overview.states)
    take(state.failure ? &*state.failure : nullptr, state.name);
  return run;
}

void add_fires(store::Store& store, const std::string& pipeline, Instant now,
               alerts::Facts& facts) {
  store::FireFilter recent{.pipeline = pipeline};
  recent.not_before = now - fires_kept;
  recent.backfilled = false;
  recent.oldest_first = true;
  recent.limit = -1;
  for (const auto& fire : store.pipelines().fires(recent)) {
    if (fire.kind != "schedule") continue;
    if (fire.outcome == store::FireOutcome::started)
      facts.latest_fire = fire.at;
    else if (fire.outcome != store::FireOutcome::skipped)
      facts.missing.push_back({fire.trigger, fire.at, fire.reason});
  }
}

}  // namespace orch::host
