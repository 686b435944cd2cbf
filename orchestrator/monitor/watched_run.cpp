#include "orchestrator/monitor/watched_run.h"

#include <vector>

namespace orch::monitor {

using execution::Event;
using execution::EventType;
using execution::TaskStage;

bool is_map_run_end(EventType type) {
  return type == EventType::map_run_succeeded || type == EventType::map_run_failed ||
         type == EventType::map_run_aborted;
}

WatchedRun::WatchedRun(const store::ExecutionRow& row)
    : id(row.made.run_id),
      name(row.made.name),
      workflow(row.made.workflow),
      trace_header(row.made.service.trace_header),
      trace(id),
      child(row.made.parent.has_value()),
      started(row.made.started_at) {
  update(row);
}

void WatchedRun::update(const store::ExecutionRow& row) {
  waits = row.waits_for.has_value();
  paused = row.paused_at.has_value();
}

const WatchedState* WatchedRun::state_of(const Event& event) const {
  const auto found = states.find(event.thread);
  return found == states.end() ? nullptr : &found->second;
}

void WatchedRun::open(const Event& event) {
  last = event.id;
  if (is_state_entered(event.type)) {
    states[event.thread] = {event.id, event.name, event.at, {}, {}};
    return;
  }
  if (event.type == EventType::map_run_started) {
    if (const auto found = states.find(event.thread); found != states.end())
      found->second.map_run = {event.id, event.at};
    return;
  }
  const auto stage = task_stage(event.type);
  if (stage != TaskStage::scheduled && stage != TaskStage::started) return;
  const auto found = states.find(event.thread);
  if (found == states.end()) return;
  auto& task = found->second.task;
  if (stage == TaskStage::scheduled)
    task = {execution::Ticket{event.id}, event.resource, event.number, event.at, {}};
  else if (task)
    task->started = event.at;
}

void WatchedRun::close(const Event& event) {
  if (event.type == EventType::execution_redriven && event.next) {
    states.clear();  // from a chosen state: what was open before is left behind
    reported.clear();
  }
  if (is_map_run_end(event.type))
    if (const auto found = states.find(event.thread); found != states.end())
      found->second.map_run.reset();
  const bool left = is_state_exited(event.type) || is_state_aborted(event.type);
  if (left) return leave(event.thread);
  const auto stage = task_stage(event.type);
  if (stage == TaskStage::succeeded || stage == TaskStage::failed || stage == TaskStage::timed_out)
    close_task(event.thread);
}

void WatchedRun::close_task(execution::Thread thread) {
  const auto found = states.find(thread);
  if (found == states.end() || !found->second.task) return;
  reported.erase(found->second.task->ticket);
  found->second.task.reset();
}

// With the branches and iterations that the state has begun.
void WatchedRun::leave(execution::Thread thread) {
  std::vector<execution::Thread> gone{thread};
  while (!gone.empty()) {
    const auto found = states.find(gone.back());
    gone.pop_back();
    if (found == states.end()) continue;
    const auto first = states.lower_bound({found->second.entered, 0});
    for (auto inner = first; inner != states.end() && inner->first.entered == found->second.entered;
         ++inner)
      gone.push_back(inner->first);
    close_task(found->first);
    states.erase(found);
  }
}

}  // namespace orch::monitor
