#include "orchestrator/execution/decider.h"

#include <algorithm>
#include <utility>

namespace orch::execution {
namespace {

constexpr Millis longest_express = std::chrono::minutes(5);

asl::TaskKind kind_of(const ThreadState& thread) {
  return std::get<asl::Task>(thread.state->body).resource.kind;
}

}  // namespace

std::vector<Event> Decider::run(const Stimulus& stimulus) {
  const bool redrive = std::holds_alternative<Redrive>(stimulus.what);
  const bool start = live_.last_event == 0 && (std::holds_alternative<Start>(stimulus.what) ||
                                               std::holds_alternative<Break>(stimulus.what));
  const bool open = live_.status == Status::running && live_.last_event > 0;
  if (start || (redrive ? !open && live_.last_event > 0 : open)) {
    try {
      std::visit([this](const auto& what) { on(what); }, stimulus.what);
      pump();
    } catch (const HistoryFull&) {
      taken_ = queue_.size();
    }
  }
  return std::move(events_);
}

// When an execution that begins or continues now is out of time.
std::optional<Instant> Decider::deadline() const {
  auto longest = live_.workflow->timeout;
  if (live_.identity.express)
    longest = std::min(longest.value_or(longest_express), longest_express);
  return longest ? std::optional(moment_.at + *longest) : std::nullopt;
}

Event Decider::started() const {
  auto started = event(EventType::execution_started, live_.root);
  started.payload = live_.identity.input;
  started.due = deadline();
  return started;
}

void Decider::on(const Start&) {
  if (live_.last_event > 0) return;
  emit(started());
  queue_.push_back(live_.root.id);
}

void Decider::on(const Break& broken) {
  if (live_.last_event == 0) emit(started());
  fail_execution({broken.failure, Origin::other});
}

ThreadState* Decider::open_task(Ticket ticket) {
  const auto found = live_.tickets.find(static_cast<EventId>(ticket));
  return found == live_.tickets.end() ? nullptr : found->second;
}

void Decider::on(const TaskBegun& begun) {
  auto* thread = open_task(begun.ticket);
  if (thread && !thread->begun) start_task(*thread, begun.worker);
}

void Decider::start_task(ThreadState& thread, const std::string& worker) {
  auto started = event(task_event(kind_of(thread), TaskStage::started), thread);
  started.name = worker;
  if (thread.timeout_seconds)
    started.due = moment_.at + std::chrono::seconds(*thread.timeout_seconds);
  emit(std::move(started));
}

void Decider::on(const TaskSubmitted& submitted) {
  auto* thread = open_task(submitted.ticket);
  if (!thread || thread->submitted) return;
  if (!thread->begun) start_task(*thread, "");
  auto taken = event(EventType::task_submitted, *thread);
  taken.payload = submitted.output;
  emit(std::move(taken));
}

void Decider::on(const TaskDone& done) {
  auto* thread = open_task(done.ticket);
  if (!thread) return;
  if (thread->join) return map_run_done(*thread, done.output);
  if (too_large(done.output)) {
    const auto& resource = std::get<asl::Task>(thread->state->body).resource;
    const bool integration = resource.kind == asl::TaskKind::task && !resource.type.empty();
    return on(
        TaskBroken{done.ticket, too_large_failure(integration ? resource.type : resource.text)});
  }
  if (!thread->begun) emit(event(task_event(kind_of(*thread), TaskStage::started), *thread));
  auto succeeded = event(task_event(kind_of(*thread), TaskStage::succeeded), *thread);
  succeeded.payload = done.output;
  emit(std::move(succeeded));
  finish(*thread, done.output);
}

void Decider::on(const TaskBroken& broken) {
  auto* thread = open_task(broken.ticket);
  if (!thread) return;
  if (thread->join) return map_run_failed(*thread, broken.failure);
  if (!thread->begun) emit(event(task_event(kind_of(*thread), TaskStage::started), *thread));
  auto failed = event(task_event(kind_of(*thread), TaskStage::failed), *thread);
  if (broken.has_error) failed.error = broken.failure.error;
  if (broken.has_cause) failed.cause = broken.failure.cause;
  emit(std::move(failed));
  fail(*thread, {broken.failure, Origin::task, broken.has_error, broken.has_cause},
       live_.last_event);
}

void Decider::on(const HeartbeatMissed& missed) {
  auto* thread = open_task(missed.ticket);
  if (thread) timed_out(*thread, Origin::heartbeat);
}

void Decider::emit_timeout(ThreadState& thread) {
  auto late = event(task_event(kind_of(thread), TaskStage::timed_out), thread);
  late.error = "States.Timeout";
  emit(std::move(late));
}

void Decider::timed_out(ThreadState& thread, Origin origin) {
  emit_timeout(thread);
  fail(thread, {{"States.Timeout", ""}, origin, true, false}, live_.last_event);
}

void Decider::on(const TimerDue& due) {
  if (due.timer == live_.deadline_timer) {
    auto late = event(EventType::execution_timed_out, live_.root);
    return emit(std::move(late));
  }
  const auto found = live_.timers.find(due.timer);
  if (found == live_.timers.end()) return;
  auto& thread = *found->second;
  switch (thread.phase) {
    case Phase::waiting:
      return pass_through(thread, thread.state->next);
    case Phase::retrying:
      return execute(thread);
    case Phase::task:
      return timed_out(first_out_of_time(thread), Origin::timeout);
    default:
      return;
  }
}

void Decider::on(const Stop& stop) {
  auto aborted = event(EventType::execution_aborted, live_.root);
  aborted.previous = 0;  // as the service records it
  if (!stop.error.empty()) aborted.error = stop.error;
  if (!stop.cause.empty()) aborted.cause = stop.cause;
  emit(std::move(aborted));
}

void Decider::on(const Redrive& redrive) {
  if (live_.status == Status::succeeded) return;
  auto redriven = event(EventType::execution_redriven, live_.root);
  redriven.number = live_.redrive_count + 1;
  redriven.due = deadline();
  if (!redrive.from.empty()) {
    const auto recorded = live_.inputs.find(redrive.from);
    if (redrive.input.empty() && recorded == live_.inputs.end()) return;
    redriven.next = redrive.from;
    redriven.payload =
        redrive.input.empty() ? recorded->second : json::Payload::of_text(redrive.input);
  }
  emit(std::move(redriven));
  queue_all(live_.root);
}

void Decider::on(const Continue&) { queue_all(live_.root); }

// Queues every thread that can continue, in the order of branches and iterations.
void Decider::queue_all(ThreadState& thread) {
  switch (thread.phase) {
    case Phase::ready:
    case Phase::rerun:
      queue_.push_back(thread.id);
      return;
    case Phase::joining:
      for (auto& [index, child] : thread.children) queue_all(*child);
      queue_.push_back(thread.id);
      return;
    default:
      return;
  }
}

void Decider::pump() {
  Thread id;
  while (live_.status == Status::running && next_thread(id)) {
    if (auto* thread = live_.find(id)) step(*thread);
  }
  if (live_.status != Status::running) taken_ = queue_.size();
}

// The next thread to continue. When the bound is reached, only those that have not entered their
// first state: its input is recorded there and nowhere else.
bool Decider::next_thread(Thread& id) {
  if (!has_more()) return false;
  if (steps_ < max_steps && bytes_ < max_bytes) {
    id = queue_[taken_++];
    return true;
  }
  for (auto it = queue_.begin() + static_cast<std::ptrdiff_t>(taken_); it != queue_.end(); ++it) {
    const auto* thread = live_.find(*it);
    if (thread && thread->parent && thread->phase == Phase::ready && !thread->state) {
      id = *it;
      queue_.erase(it);
      return true;
    }
  }
  return false;
}

void Decider::step(ThreadState& thread) {
  ++steps_;
  switch (thread.phase) {
    case Phase::ready:
      if (thread.input_lost && !find_input(thread)) return;
      return enter(thread);
    case Phase::rerun:
      if (std::holds_alternative<asl::Task>(thread.state->body)) return execute(thread);
      if (thread.join && thread.join->map_run_id != 0) return redrive_map_run(thread);
      thread.next = thread.state->name;
      thread.payload = thread.input;
      return enter(thread);
    case Phase::joining:
      return join(thread, thread.last);
    default:
      return;
  }
}

Event Decider::event(EventType type, const ThreadState& thread) const {
  Event made;
  made.type = type;
  made.thread = thread.id;
  made.previous = thread.last;
  return made;
}

// Where the last event that there is room for would not end the execution, its failure stands in
// its place: half of what a step would have recorded must not be folded.
void Decider::emit(Event&& event) {
  if (fills_history(event)) {
    record(history_full());
    throw HistoryFull();
  }
  record(std::move(event));
}

void Decider::record(Event&& event) {
  event.id = live_.last_event + 1;
  event.at = moment_.at;
  live_.evolve(event);
  if (event.payload) bytes_ += event.payload->text().size();
  events_.push_back(std::move(event));
}

}  // namespace orch::execution
