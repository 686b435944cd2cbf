// Executions in memory.
#include <utility>

#include <fmt/format.h>

#include "orchestrator/asl/parse.h"
#include "orchestrator/base/error.h"
#include "orchestrator/engine/core.h"
#include "orchestrator/engine/folding.h"

namespace orch::engine {
namespace {

constexpr std::size_t kept_workflows = 256;

}  // namespace

Active* Engine::Core::find(store::ExecutionId id) {
  const auto found = active_.find(id);
  if (found == active_.end()) return nullptr;
  if (found->second->stale) revive(*found->second);
  return found->second.get();
}

// The run when it is under way, else null; null too when it is paused. Tells why when it should be
// and could not be taken up at the start.
Active* Engine::Core::take_up(const store::ExecutionRow& row) {
  if (auto* active = find(row.id)) return active;
  if (row.status != execution::Status::running || paused_elder(row)) return nullptr;
  return &load(row);
}

// A commit that reported an error may have been kept all the same. So the store's word counts:
// what it holds is carried out as after a restart, except for deliveries that are still under way.
void Engine::Core::revive(Active& active) {
  const store::UnderDecision::Mark mark(store_.under_decision(), active.row.id);
  auto row = store_.find(active.row.made.run_id);
  active.execution = fold(row, workflow(row.made.definition_hash));
  active.row = std::move(row);
  active.stale = false;
  touch(active);
  for (const auto& task : active.execution.open_tasks()) {
    if (!active.deliveries.contains(static_cast<execution::EventId>(task.ticket)))
      carry_on(active, task);
  }
  set_timers(active);
}

// Takes up a run that is under way.
Active& Engine::Core::load(const store::ExecutionRow& row) {
  const store::UnderDecision::Mark mark(store_.under_decision(), row.id);
  auto execution = fold(row, workflow(row.made.definition_hash));
  if (execution.last_event() == 0)
    throw Error("ORCH-0206", fmt::format("run {} has no history", row.made.run_id),
                "restore the store from a backup");
  auto loaded = std::make_unique<Active>(row, std::move(execution));
  loaded->of_client = is_of_client(row.made);
  loaded->row.paused_at.reset();
  loaded->row.set_aside.reset();
  auto& active = *active_.insert_or_assign(row.id, std::move(loaded)).first->second;
  try {
    note_nested(row);
    for (const auto& task : active.execution.open_tasks()) carry_on(active, task);
    set_timers(active);
    if (active.execution.has_more()) queue_more(active);
  } catch (...) {
    forget(row.id, std::current_exception());
    throw;
  }
  return active;
}

// Makes a run active in this turn; a failed commit undoes it.
Active& Engine::Core::add(store::ExecutionRow row, execution::Execution execution) {
  const auto id = row.id;
  auto made = std::make_unique<Active>(std::move(row), std::move(execution));
  made->of_client = is_of_client(made->row.made);
  auto& active = *active_.insert_or_assign(id, std::move(made)).first->second;
  active.created = true;
  note_nested(active.row);
  touch(active);
  return active;
}

// A run of a Map has the rights of the run around it. One that a task started has those of that
// run, unless a client wrote its definition: only runs of `orch submit` make machines without
// revisions.
bool Engine::Core::is_of_client(const store::NewExecution& made) {
  if (made.parent) return is_of_client(made.parent->execution);
  if (made.starter) return made.service.revision || is_of_client(made.starter->execution);
  return !made.service.arn.empty();
}

bool Engine::Core::is_of_client(store::ExecutionId id) {
  const auto known = active_.find(id);
  return known == active_.end() ? is_of_client(store_.find(id).made) : known->second->of_client;
}

std::shared_ptr<const access::Policy> Engine::Core::access_of(const Active& active) const {
  return active.of_client ? options_.access : nullptr;
}

execution::Execution Engine::Core::blank(const store::ExecutionRow& row,
                                         std::shared_ptr<const asl::Workflow> workflow) const {
  return engine::blank(row, std::move(workflow), options_);
}

execution::Execution Engine::Core::fold(const store::ExecutionRow& row,
                                        std::shared_ptr<const asl::Workflow> workflow) {
  return engine::fold(store_, row, std::move(workflow), options_);
}

std::shared_ptr<const asl::Workflow> Engine::Core::workflow(const std::string& hash) {
  const auto known = workflows_.find(hash);
  if (known != workflows_.end()) return known->second;
  auto parsed = asl::parse_or_throw(store_.definition(hash), "the stored definition");
  keep_workflow(hash, parsed);
  return parsed;
}

void Engine::Core::keep_workflow(const std::string& hash,
                                 std::shared_ptr<const asl::Workflow> workflow) {
  if (workflows_.size() >= kept_workflows)
    std::erase_if(workflows_, [](const auto& entry) { return entry.second.use_count() == 1; });
  workflows_.insert_or_assign(hash, std::move(workflow));
}

}  // namespace orch::engine
