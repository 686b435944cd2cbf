#include "orchestrator/view/event_filter.h"

#include "orchestrator/view/projection.h"

namespace orch::view {
namespace {

using execution::Event;
using execution::EventType;

bool tells_of_failure(const Event& event) {
  const auto type = execution::to_string(event.type);
  return event.error || event.cause || type.ends_with("Failed") || type.ends_with("TimedOut") ||
         type.ends_with("Aborted");
}

}  // namespace

void EventFilter::learn(const Event& event) {
  if (event.type == EventType::map_state_entered || event.type == EventType::parallel_state_entered)
    owners_[event.id] = event.thread;
  if (execution::task_stage(event.type) != execution::TaskStage::scheduled || !event.payload ||
      key_in(*event.payload) != choice_.table)
    return;
  auto thread = event.thread;
  if (thread.entered == 0) states_.insert(event.name);
  while (thread.entered != 0 && threads_.insert(thread).second) {
    const auto owner = owners_.find(thread.entered);
    if (owner == owners_.end()) break;
    thread = owner->second;
  }
}

bool EventFilter::takes(const Event& event) {
  const auto state = state_of(event);
  if (!choice_.state.empty() && state != choice_.state) return false;
  if (!choice_.table.empty() && !of_table(event.thread, state)) return false;
  return !choice_.failures || tells_of_failure(event);
}

// Events of a task do not name its state.
std::string EventFilter::state_of(const Event& event) {
  if (execution::is_state_entered(event.type)) return at_[event.thread] = event.name;
  const auto found = at_.find(event.thread);
  if (found == at_.end()) return execution::is_execution_end(event.type) ? "" : event.name;
  auto state = found->second;
  if (execution::is_state_exited(event.type)) at_.erase(found);
  return state;
}

bool EventFilter::of_table(execution::Thread thread, const std::string& state) const {
  if (thread.entered == 0) return states_.contains(state);
  while (thread.entered != 0) {
    if (threads_.contains(thread)) return true;
    const auto owner = owners_.find(thread.entered);
    if (owner == owners_.end()) return false;
    thread = owner->second;
  }
  return false;
}

}  // namespace orch::view
