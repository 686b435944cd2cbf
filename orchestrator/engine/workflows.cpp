#include "orchestrator/engine/workflows.h"

#include <utility>

#include "orchestrator/asl/parse.h"
#include "orchestrator/engine/child_definition.h"
#include "orchestrator/engine/folding.h"

namespace orch::engine {
namespace {

constexpr std::size_t most_kept = 256;

std::vector<std::string> activities_of(const asl::Workflow& workflow) {
  std::vector<std::string> activities;
  for (const auto& [name, state] : workflow.by_name) {
    const auto* task = std::get_if<asl::Task>(&state->body);
    if (task && task->resource.kind == asl::TaskKind::activity)
      activities.push_back(task->resource.text);
  }
  return activities;
}

}  // namespace

Workflows::Workflow Workflows::known(const std::string& hash) const {
  const auto found = all_.find(hash);
  return found == all_.end() ? nullptr : found->second.workflow;
}

Workflows::Workflow Workflows::get(const std::string& hash) {
  if (auto found = known(hash)) return found;
  auto parsed = asl::parse_or_throw(store_.definition(hash), "the stored definition");
  keep(hash, parsed);
  return parsed;
}

void Workflows::keep(const std::string& hash, Workflow workflow) {
  if (all_.size() >= most_kept)
    std::erase_if(all_, [](const auto& entry) { return entry.second.workflow.use_count() == 1; });
  auto activities = activities_of(*workflow);
  all_.insert_or_assign(hash, Known{std::move(workflow), std::move(activities)});
}

std::shared_ptr<const Workflows::Child> Workflows::child_of(const std::string& hash,
                                                            const std::string& state) {
  if (children_.size() >= most_kept) children_.clear();
  auto& child = children_[{hash, state}];
  if (!child) {
    auto text = child_definition(store_.definition(hash), state);
    auto child_hash = store::definition_hash(text);
    auto workflow = known(child_hash);
    if (!workflow) workflow = asl::parse_or_throw(text, state);
    child = std::make_shared<const Child>(
        Child{std::move(child_hash), std::move(text), std::move(workflow)});
  }
  if (!known(child->hash)) keep(child->hash, child->workflow);
  return child;
}

execution::Execution Workflows::blank(const store::ExecutionRow& row, Workflow workflow) const {
  return engine::blank(row, std::move(workflow), options_);
}

execution::Execution Workflows::fold(const store::ExecutionRow& row, Workflow workflow) {
  return engine::fold(store_, row, std::move(workflow), options_);
}

std::shared_ptr<const execution::ActivityNames> Workflows::missing_activities(
    const store::ExecutionRow& row, Instant now) {
  if (!options_.activity_exists || row.made.service.arn.empty()) return nullptr;
  definition(row);
  execution::ActivityNames missing;
  for (const auto& activity : all_.at(row.made.definition_hash).activities)
    if (!exists(activity, now)) missing.insert(activity);
  if (missing.empty()) return nullptr;
  return std::make_shared<const execution::ActivityNames>(std::move(missing));
}

// Asked once a turn, however many tasks come to it.
bool Workflows::exists(const std::string& activity, Instant now) {
  if (asked_at_ != now) exists_.clear();
  asked_at_ = now;
  const auto [entry, fresh] = exists_.try_emplace(activity);
  if (fresh) entry->second = options_.activity_exists(activity);
  return entry->second;
}

}  // namespace orch::engine
