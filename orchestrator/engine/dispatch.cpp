#include "orchestrator/engine/dispatch.h"

#include <utility>

#include "orchestrator/base/describe_exception.h"
#include "orchestrator/base/fault.h"
#include "orchestrator/store/under_decision.h"

namespace orch::engine {

void Dispatch::carry_out() {
  for (auto* run : runs_.executions.take_touched()) {
    const auto id = run->row.id;
    try {
      carry_out(*run);
    } catch (...) {
      runs_.isolation.carry_out_again(id, describe(std::current_exception()));
    }
  }
}

void Dispatch::carry_out(Active& run) {
  const store::UnderDecision::Mark mark(runs_.store.under_decision(), run.row.id);
  const auto events = std::exchange(run.events, {});
  const auto taken = static_cast<std::ptrdiff_t>(std::exchange(run.deferred_taken, 0));
  run.deferred.erase(run.deferred.begin(), run.deferred.begin() + taken);
  if (run.decision) run.decision->kept = true;
  fault::point("engine.dispatch");
  if (observer_) observer_->on_events(run.row, events);
  follow(run, events);
  runs_.followers.moved(run);
  run.misfires = 0;
  if (run.row.status == execution::Status::running) return;
  runs_.followers.ended(run);
  runs_.executions.drop(run, nullptr);
}

void Dispatch::follow(Active& run, const std::vector<execution::Event>& events) {
  bool closed_some = false;
  for (const auto& event : events) {
    runs_.followers.follow(run, event);
    const auto stage = task_stage(event.type);
    closed_some =
        closed_some || stage == execution::TaskStage::timed_out || is_state_aborted(event.type);
    if (stage != execution::TaskStage::scheduled) continue;
    // A task that was closed in the same turn is not worth a worker.
    if (const auto task = run.execution.open_task(execution::Ticket{event.id}))
      runs_.followers.take_on(run, *task);
  }
  if (closed_some) runs_.followers.closed_some(run);
}

}  // namespace orch::engine
