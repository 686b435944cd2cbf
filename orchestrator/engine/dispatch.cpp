// What follows from committed events: tasks to workers, timers, answers to those who wait.
#include <algorithm>
#include <unordered_set>
#include <utility>

#include "orchestrator/base/fault.h"
#include "orchestrator/engine/core.h"

namespace orch::engine {

using machine::Event;
using machine::EventType;

void Engine::Core::carry_out() {
  fault::point("engine.before_dispatch");
  for (const auto& effect : std::exchange(effects_, {})) {
    auto* active = find(effect.id);
    if (!active) continue;
    if (observer_) observer_->on_events(active->row, effect.events);
    dispatch(*active, effect.events);
    if (active->row.status == machine::Status::running) continue;
    stop_closed_tasks(*active);
    const auto row = active->row;
    active_.erase(effect.id);
    ended(row);
  }
  if (!to_queue_.empty()) pool_->queue(std::exchange(to_queue_, {}));
}

void Engine::Core::dispatch(Active& active, const std::vector<Event>& events) {
  bool closed_some = false;
  for (const auto& event : events) {
    if (event.due) timers_.add({*event.due, active.row.id, event.id, Timer::Kind::event});
    if (event.type == EventType::task_scheduled)
      dispatch_task(active, {machine::Ticket{event.id}, event.name, event.resource, *event.payload,
                             event.number, false, event.heartbeat_seconds});
    closed_some =
        closed_some || is_state_aborted(event.type) || event.type == EventType::task_timed_out;
  }
  if (closed_some) stop_closed_tasks(active);
}

void Engine::Core::dispatch_task(Active& active, const machine::OpenTask& open) {
  const auto& made = active.row.made;
  auto delivery = std::make_shared<Delivery>();
  delivery->execution = active.row.id;
  delivery->ticket = open.ticket;
  delivery->input = open.parameters.text();
  delivery->heartbeat_seconds = open.heartbeat_seconds;
  auto& task = delivery->task;
  task.run = made.run_id;
  task.run_name = made.name;
  task.store = store_.store_id();
  task.state = open.state;
  task.resource = open.resource;
  task.ticket = static_cast<std::int64_t>(open.ticket);
  task.attempt = open.attempt;
  task.fence = next_fence_++;
  task.connections = made.connections;
  if (observer_)
    delivery->on_progress = [observer = observer_](const Delivery& from,
                                                   const workers::Progress& progress) {
      observer->on_progress(from.task.run, from.ticket, progress);
    };
  if (open.heartbeat_seconds)
    timers_.add({now_ + std::chrono::seconds(*open.heartbeat_seconds), active.row.id, task.ticket,
                 Timer::Kind::heartbeat});
  active.deliveries.insert_or_assign(task.ticket, delivery);
  to_queue_.push_back(std::move(delivery));
  ++in_flight_;
}

// A look at a task's latest sign of life; the next look is when it would be overdue.
void Engine::Core::watch_heartbeat(const Timer& timer) {
  auto* active = find(timer.execution);
  if (!active) return;
  const auto found = active->deliveries.find(timer.id);
  if (found == active->deliveries.end()) return;
  const auto& delivery = *found->second;
  const auto limit = std::chrono::seconds(*delivery.heartbeat_seconds);
  const auto sign = delivery.last_sign();
  // A task that waits for a worker thread is not silent yet.
  const auto due = sign == 0 ? now_ + limit : Instant{Millis{sign}} + limit;
  if (due > now_) return timers_.add({due, timer.execution, timer.id, Timer::Kind::heartbeat});
  stimulate(*active, machine::HeartbeatMissed{machine::Ticket{timer.id}});
}

// Tells workers whose task has been closed without them that nobody waits for the result.
void Engine::Core::stop_closed_tasks(Active& active) {
  std::unordered_set<machine::EventId> open;
  for (const auto& task : active.execution.open_tasks())
    open.insert(static_cast<machine::EventId>(task.ticket));
  for (auto it = active.deliveries.begin(); it != active.deliveries.end();) {
    if (open.contains(it->first)) {
      ++it;
      continue;
    }
    it->second->request_stop();
    it = active.deliveries.erase(it);
  }
}

void Engine::Core::ended(const store::ExecutionRow& row) {
  if (auto waiting = waiters_.extract(row.made.run_id)) {
    for (auto& promise : waiting.mapped()) promise->set_value(row);
  }
  if (!active_.empty()) return;
  for (auto& promise : std::exchange(idle_waiters_, {})) promise->set_value();
}

}  // namespace orch::engine
