// What follows from committed events: tasks to workers, timers, answers to those who wait.
#include <utility>

#include "orchestrator/base/describe_exception.h"
#include "orchestrator/base/fault.h"
#include "orchestrator/engine/core.h"

namespace orch::engine {

using execution::Event;
using execution::EventType;

void Engine::Core::carry_out() {
  fault::point("engine.before_dispatch");
  for (auto* active : std::exchange(touched_, {})) {
    const auto run = active->row.id;
    try {
      carry_out(*active);
    } catch (...) {
      carry_out_again(run, describe(std::current_exception()));
    }
  }
  carry_on_granted();
  if (!to_queue_.empty()) pool_->queue(std::exchange(to_queue_, {}));
}

void Engine::Core::carry_out(Active& active) {
  const store::UnderDecision::Mark mark(store_.under_decision(), active.row.id);
  const auto events = std::exchange(active.events, {});
  active.touched = active.created = false;
  active.deferred.erase(active.deferred.begin(),
                        active.deferred.begin() +
                            static_cast<std::ptrdiff_t>(std::exchange(active.deferred_taken, 0)));
  if (active.decision) active.decision->kept = true;
  fault::point("engine.dispatch");
  if (observer_ && !events.empty()) observer_->on_events(active.row, events);
  dispatch(active, events);
  active.misfires = 0;
  if (active.row.status != execution::Status::running) end(active);
}

void Engine::Core::dispatch(Active& active, const std::vector<Event>& events) {
  bool closed_some = false;
  for (const auto& event : events) {
    if (event.due) add_timer(*event.due, {{}, active.row.id, event.id, Timer::Kind::event});
    const execution::Ticket ticket{event.id};
    switch (task_stage(event.type)) {
      case execution::TaskStage::scheduled:
        // A task that was closed in the same turn is not worth a worker.
        if (active.execution.is_open(ticket))
          carry_on(active, {ticket,
                            event.name,
                            asl::parse_resource(event.resource),
                            *event.payload,
                            event.token,
                            event.number,
                            false,
                            false,
                            false,
                            event.heartbeat_seconds,
                            {},
                            {}});
        break;
      case execution::TaskStage::timed_out:
        closed_some = true;
        break;
      default:
        closed_some = closed_some || is_state_aborted(event.type);
        if (event.type == EventType::activity_started || event.type == EventType::task_submitted)
          begin_outside(active, event);
        if (event.type == EventType::map_run_started || event.type == EventType::map_run_redriven)
          if (const auto task = active.execution.open_task(ticket)) begin_map_run(active, *task);
    }
  }
  if (closed_some) stop_closed_tasks(active);
}

// An open task goes to a worker, is a map run, or waits for somebody outside; all with their run,
// when that waits.
void Engine::Core::carry_on(Active& active, const execution::OpenTask& task) {
  if (waits(active)) {
    active.parked.insert(static_cast<execution::EventId>(task.ticket));
    return;
  }
  if (task.map_run) return begin_map_run(active, task);
  if (task.submitted && task.resource.starts_nested())
    return queue_nested(active.row.id, task.ticket);
  const bool outside = task.resource.kind == asl::TaskKind::activity ||
                       (task.submitted && task.resource.needs_token());
  if (outside) return wait_outside(active, task);
  dispatch_task(active, task);
}

void Engine::Core::dispatch_task(Active& active, const execution::OpenTask& open) {
  const auto& made = active.row.made;
  auto delivery = std::make_shared<Delivery>();
  const auto& run = run_of(active);
  delivery->execution = active.row.id;
  delivery->run = run.id;
  delivery->ticket = open.ticket;
  delivery->input = open.parameters.text();
  delivery->heartbeat_seconds = open.heartbeat_seconds;
  delivery->announced = open.begun;
  auto& task = delivery->task;
  task.run = made.run_id;
  task.run_name = made.name;
  task.store = store_.store_id();
  task.state = open.state;
  task.resource = open.resource.text;
  delivery->submits =
      open.resource.completion == asl::Completion::token || open.resource.starts_nested();
  task.ticket = static_cast<std::int64_t>(open.ticket);
  task.attempt = open.attempt;
  task.fence = next_fence_++;
  task.connections = run.made.connections;
  task.resumes = run.resumes;
  task.catalog = run.catalog;
  task.access = access_of(active);
  delivery->on_claim = [this, run = active.row.id](const std::vector<std::string>& names) {
    return claim(run, names);
  };
  if (observer_)
    delivery->on_progress = [observer = observer_](const Delivery& from,
                                                   const workers::Progress& progress) {
      observer->on_progress(from.task.run, from.ticket, progress);
    };
  if (open.heartbeat_seconds)
    timers_.add({clock_.steady() + std::chrono::seconds(*open.heartbeat_seconds), active.row.id,
                 task.ticket, Timer::Kind::heartbeat});
  to_queue_.reserve(to_queue_.size() + 1);
  active.deliveries.insert_or_assign(task.ticket, delivery);
  to_queue_.push_back(std::move(delivery));
  ++in_flight_;
  announced_ += open.begun ? 1 : 0;
}

// The run that the execution is an iteration of, or itself: a resume brings files along for that.
const store::ExecutionRow& Engine::Core::run_of(const Active& active) const {
  const auto* each = &active;
  while (each->row.made.parent) {
    const auto found = active_.find(each->row.made.parent->execution);
    if (found == active_.end()) break;
    each = found->second.get();
  }
  return each->row;
}

void Engine::Core::set_timers(Active& active) {
  for (const auto& timer : active.execution.open_timers())
    add_timer(timer.due, {{}, active.row.id, timer.timer, Timer::Kind::event});
}

// `due` is as recorded.
void Engine::Core::add_timer(Instant due, const Timer& timer) {
  timers_.add({clock_.due(due), timer.execution, timer.id, timer.kind});
}

// Tells workers whose task has been closed without them that nobody waits for the result.
void Engine::Core::stop_closed_tasks(Active& active) {
  collect_nested(active.row.id, &active.execution);
  std::erase_if(active.open_map_runs, [&](const auto& entry) {
    if (active.execution.is_open(entry.second)) return false;
    orphans_.emplace_back(active.row.id, entry.first);
    active.map_runs.erase(entry.first);
    return true;
  });
  std::erase_if(active.outside, [&](const auto& entry) {
    return !active.execution.is_open(execution::Ticket{entry.first});
  });
  std::erase_if(active.deliveries, [&](const auto& entry) {
    const auto& delivery = *entry.second;
    if (active.execution.is_open(delivery.ticket)) return false;
    entry.second->request_stop();
    return true;
  });
}

// The run has ended: its workers stop, those who wait get the row.
void Engine::Core::end(Active& active) {
  for (const auto& [ticket, delivery] : active.deliveries) delivery->request_stop();
  for (const auto& [id, ticket] : active.open_map_runs) orphans_.emplace_back(active.row.id, id);
  collect_nested(active.row.id, nullptr);
  const auto row = std::move(active.row);
  active_.erase(row.id);
  claims_.drop(row.id);
  if (row.made.parent) child_ended(row);
  if (row.made.starter) nested_ended(row);
  if (auto waiting = waiters_.extract(row.id)) {
    for (auto& promise : waiting.mapped()) promise->set_value(row);
  }
  if (!active_.empty()) return;
  for (auto& promise : std::exchange(idle_waiters_, {})) promise->set_value();
}

}  // namespace orch::engine
