#include "orchestrator/engine/executions.h"

#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/engine/family.h"
#include "orchestrator/store/under_decision.h"

namespace orch::engine {

Active* Executions::known(store::ExecutionId id) const {
  const auto found = runs_.find(id);
  return found == runs_.end() ? nullptr : found->second.get();
}

Active* Executions::find(store::ExecutionId id) {
  auto* run = known(id);
  if (run && run->stale) revive(*run);
  return run;
}

Active* Executions::take_up(const store::ExecutionRow& row) {
  if (auto* run = find(row.id)) return run;
  if (row.status != execution::Status::running || paused_elder(store_, row)) return nullptr;
  return &load(row);
}

// A commit that reported an error may have been kept all the same. So the store's word counts:
// what it holds is carried out as after a restart, except for what is still in hand.
void Executions::revive(Active& run) {
  const store::UnderDecision::Mark mark(store_.under_decision(), run.row.id);
  auto row = store_.find(run.row.made.run_id);
  run.execution = workflows_.fold(row);
  run.row = std::move(row);
  run.stale = false;
  touch(run);
  for (const auto& task : run.execution.open_tasks()) followers_.take_on(run, task);
  followers_.folded(run);
}

Active& Executions::load(const store::ExecutionRow& row) {
  const store::UnderDecision::Mark mark(store_.under_decision(), row.id);
  auto execution = workflows_.fold(row);
  if (execution.last_event() == 0)
    store::refuse_damaged(fmt::format("run {} has no history", row.made.run_id));
  auto loaded = std::make_unique<Active>(row, std::move(execution));
  loaded->of_client = is_of_client(row.made);
  loaded->row.paused_at.reset();
  loaded->row.set_aside.reset();
  auto& run = *runs_.insert_or_assign(row.id, std::move(loaded)).first->second;
  try {
    followers_.added(run);
    for (const auto& task : run.execution.open_tasks()) followers_.take_on(run, task);
    followers_.folded(run);
    if (run.execution.has_more()) queue_more(run);
  } catch (...) {
    drop(run, std::current_exception());
    throw;
  }
  return run;
}

Active& Executions::add(store::ExecutionRow row, execution::Execution execution) {
  const auto id = row.id;
  auto made = std::make_unique<Active>(std::move(row), std::move(execution));
  made->of_client = is_of_client(made->row.made);
  auto& run = *runs_.insert_or_assign(id, std::move(made)).first->second;
  run.created = true;
  touch(run);
  followers_.added(run);
  return run;
}

void Executions::drop(Active& run, const std::exception_ptr& why) {
  followers_.dropped(run, why);
  if (run.touched) std::erase(touched_, &run);
  const auto id = run.row.id;
  runs_.erase(id);
}

void Executions::touch(Active& run) {
  if (!std::exchange(run.touched, true)) touched_.push_back(&run);
}

std::vector<Active*> Executions::take_touched() {
  for (auto* run : touched_) run->touched = run->created = false;
  return std::exchange(touched_, {});
}

void Executions::queue_more(Active& run) {
  if (!std::exchange(run.has_more, true)) more_.push_back(run.row.id);
}

Active* Executions::take_next_with_more() {
  auto* run = find(more_.front());  // should the store fail now, it keeps its place
  more_.pop_front();
  if (run) run->has_more = false;
  return run;
}

// Memory is a cache: what the failed turn touched is folded again from the store.
void Executions::rolled_back() {
  for (auto* run : std::exchange(touched_, {})) {
    run->touched = false;
    if (run->created) {
      drop(*run, nullptr);
      continue;
    }
    run->stale = true;
    run->deferred_taken = 0;
    if (run->decision && !run->decision->kept) run->drop_decision();
    run->events.clear();
    followers_.undone(*run);
    queue_more(*run);  // whatever else arrives, it is folded in the next turn
  }
}

// A run of a Map has the rights of the run around it. One that a task started has those of that
// run, unless a client wrote its definition: only runs of `orch submit` make machines without
// revisions.
bool Executions::is_of_client(const store::NewExecution& made) const {
  if (made.parent) return is_of_client(made.parent->execution);
  if (made.starter) return made.service.revision || is_of_client(made.starter->execution);
  return !made.service.arn.empty();
}

bool Executions::is_of_client(store::ExecutionId id) const {
  const auto* run = known(id);
  return run ? run->of_client : is_of_client(store_.find(id).made);
}

std::shared_ptr<const access::Policy> Executions::access_of(const Active& run) const {
  return run.of_client ? options_.access : nullptr;
}

}  // namespace orch::engine
