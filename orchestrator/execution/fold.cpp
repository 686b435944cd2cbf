// Folding: every event changes the live state in one way, and no expression is evaluated.
#include <algorithm>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/fault.h"
#include "orchestrator/execution/live.h"

namespace orch::execution {
namespace {

constexpr std::int64_t most_retriers = 10'000;

[[noreturn]] void does_not_fit(const Event& event) {
  throw Error("ORCH-0206",
              fmt::format("the history in the run store is damaged: event {} ({}) does not follow "
                          "from those before it",
                          event.id, to_string(event.type)),
              "restore the store from a backup");
}

const asl::State& state_named(const Live& live, const Event& event) {
  const auto found = live.workflow->by_name.find(event.name);
  if (found == live.workflow->by_name.end()) does_not_fit(event);
  return *found->second;
}

bool runs_children(const asl::State& state) {
  return std::holds_alternative<asl::Parallel>(state.body) ||
         std::holds_alternative<asl::Map>(state.body);
}

template <class Kind>
void require(const ThreadState& thread, const Event& event) {
  if (!std::holds_alternative<Kind>(thread.state->body)) does_not_fit(event);
}

void require(bool fits, const Event& event) {
  if (!fits) does_not_fit(event);
}

}  // namespace

const json::Payload* ThreadState::variable(std::string_view name) const {
  for (const auto* at = this; at; at = at->parent) {
    if (const auto found = at->variables.find(name); found != at->variables.end())
      return &found->second;
  }
  return nullptr;
}

ThreadState* Live::find(const Thread& id) {
  if (id.entered == 0) return &root;
  const auto owner = owners.find(id.entered);
  if (owner == owners.end()) return nullptr;
  auto& children = owner->second->children;
  const auto child = children.find(id.index);
  return child == children.end() ? nullptr : child->second.get();
}

void Live::evolve(const Event& event) {
  fault::point("engine.evolve");
  if (event.id != last_event + 1) does_not_fit(event);
  last_event = event.id;
  switch (event.type) {
    case EventType::execution_started:
    case EventType::execution_succeeded:
    case EventType::execution_failed:
    case EventType::execution_aborted:
    case EventType::execution_timed_out:
    case EventType::execution_redriven:
      return fold_execution(event);
    case EventType::map_iteration_started:
    case EventType::map_iteration_succeeded:
    case EventType::map_iteration_failed:
    case EventType::map_iteration_aborted:
      return fold_iteration(event);
    default:
      break;
  }
  auto* thread = find(event.thread);
  if (!thread) does_not_fit(event);
  if (is_state_entered(event.type)) return enter(*thread, event);
  require(thread->state != nullptr, event);
  if (is_state_exited(event.type)) return leave(*thread, event);
  const auto stage = task_stage(event.type);
  if (stage == TaskStage::none) return fold_state(*thread, event);
  fold_task(*thread, event, stage);
}

void Live::enter(ThreadState& thread, const Event& event) {
  drop_children(thread);
  settle(thread, Phase::executing);
  thread.state = &state_named(*this, event);
  thread.entered = event.id;
  thread.before_entry = event.previous;
  thread.entered_at = event.at;
  thread.input = event.payload.value_or(json::Payload());
  thread.retries.clear();
  thread.retry_count = 0;
  thread.last = event.id;
  if (!thread.parent) inputs.insert_or_assign(thread.state->name, thread.input);
  if (event.due) {
    set_timer(thread, event);
    thread.phase = Phase::waiting;
  }
}

void Live::leave(ThreadState& thread, const Event& event) {
  drop_children(thread);
  settle(thread, event.next ? Phase::ready : Phase::done);
  thread.next = event.next.value_or("");
  thread.payload = event.payload.value_or(json::Payload());
  thread.input = json::Payload();
  thread.parameters = json::Payload();
  thread.last = event.id;
  for (const auto& [name, text] : event.assigned)
    thread.variables.insert_or_assign(name, json::Payload::of_text(text));
}

void Live::fold_task(ThreadState& thread, const Event& event, TaskStage stage) {
  switch (stage) {
    case TaskStage::none:
      return;
    case TaskStage::scheduled:
      require<asl::Task>(thread, event);
      schedule(thread, event);
      if (event.due) set_timer(thread, event);
      break;
    case TaskStage::started:
      thread.begun = true;
      if (event.due) set_timer(thread, event);
      break;
    case TaskStage::submitted:
      thread.submitted = true;
      break;
    case TaskStage::succeeded:
      settle(thread, Phase::executing);
      break;
    case TaskStage::failed:
    case TaskStage::timed_out:
      settle(thread, Phase::broken);
      break;
  }
  thread.last = event.id;
}

// What happens inside a state and is no task's.
void Live::fold_state(ThreadState& thread, const Event& event) {
  switch (event.type) {
    case EventType::evaluation_failed:
    case EventType::parallel_state_failed:
    case EventType::map_state_failed:
    case EventType::map_run_failed:
    case EventType::map_run_aborted:
      settle(thread, Phase::broken);
      break;
    case EventType::retry_scheduled:
      require(event.due && event.number >= 0 && event.number < most_retriers, event);
      settle(thread, Phase::retrying);
      thread.retries.resize(
          std::max(thread.retries.size(), static_cast<std::size_t>(event.number) + 1));
      ++thread.retries[static_cast<std::size_t>(event.number)];
      ++thread.retry_count;
      set_timer(thread, event);
      thread.last = event.previous;  // ours: the service links what follows to the failure
      return;
    case EventType::parallel_state_started:
    case EventType::map_state_started:
      start_join(thread, event);
      break;
    case EventType::map_run_started:
      require(thread.join != nullptr, event);
      require<asl::Map>(thread, event);
      thread.join->map_run = event.resource;
      thread.join->map_run_id = event.id;
      schedule(thread, event);
      break;
    case EventType::map_run_redriven:
      require(thread.join && thread.join->map_run_id != 0, event);
      thread.join->redrives = event.number;
      thread.join->redriven_at = event.at;
      schedule(thread, event);
      break;
    case EventType::map_run_succeeded:
      settle(thread, Phase::executing);
      break;
    case EventType::parallel_state_succeeded:
    case EventType::map_state_succeeded:
      settle(thread, Phase::executing);
      thread.last = event.previous;  // a leaf: StateExited links to the event before it
      return;
    default:
      if (!is_state_aborted(event.type)) does_not_fit(event);
      settle(thread, Phase::broken);
      return;  // a leaf too
  }
  thread.last = event.id;
}

void Live::schedule(ThreadState& thread, const Event& event) {
  settle(thread, Phase::task);
  thread.ticket = Ticket{event.id};
  thread.begun = thread.submitted = false;
  thread.token = event.token;
  thread.parameters = event.payload.value_or(json::Payload());
  thread.timeout_seconds = event.timeout_seconds;
  thread.heartbeat_seconds = event.heartbeat_seconds;
  tickets.emplace(event.id, &thread);
}

void Live::start_join(ThreadState& thread, const Event& event) {
  const bool map = event.type == EventType::map_state_started;
  map ? require<asl::Map>(thread, event) : require<asl::Parallel>(thread, event);
  drop_children(thread);
  settle(thread, Phase::joining);
  thread.join = std::make_unique<Join>();
  auto& join = *thread.join;
  owners.insert_or_assign(thread.entered, &thread);
  if (map) {
    join.items = event.payload.value_or(thread.input);
    // Every item takes a byte at least.
    const auto most = static_cast<std::int64_t>(join.items.text().size());
    require(event.number >= 0 && event.number <= most, event);
    join.length = event.number;
    join.max_concurrency = event.max_concurrency;
    join.results.resize(static_cast<std::size_t>(join.length));
    return;
  }
  const auto& branches = std::get<asl::Parallel>(thread.state->body).branches;
  join.length = join.started = static_cast<std::int64_t>(branches.size());
  for (std::int64_t index = 0; index < join.length; ++index) {
    auto child = std::make_unique<ThreadState>();
    child->id = {thread.entered, index};
    child->parent = &thread;
    child->next = branches[static_cast<std::size_t>(index)].start_at;
    child->payload = event.payload.value_or(thread.input);
    child->last = event.id;
    thread.children.emplace(index, std::move(child));
  }
}

void Live::fold_iteration(const Event& event) {
  const auto owner = owners.find(event.thread.entered);
  if (owner == owners.end()) does_not_fit(event);
  auto& parent = *owner->second;
  require<asl::Map>(parent, event);
  require(event.thread.index >= 0 && event.thread.index < parent.join->length, event);
  if (event.type == EventType::map_iteration_started) {
    require(!parent.children.contains(event.thread.index), event);
    auto child = std::make_unique<ThreadState>();
    child->id = event.thread;
    child->parent = &parent;
    child->next = std::get<asl::Map>(parent.state->body).processor.start_at;
    child->last = event.id;
    parent.join->started = event.thread.index + 1;
    parent.children.insert_or_assign(event.thread.index, std::move(child));
    return;
  }
  auto* child = find(event.thread);
  if (!child) does_not_fit(event);
  if (event.type == EventType::map_iteration_succeeded) {
    // The text alone: a parsed value would cost several times as much for each item.
    parent.join->results[static_cast<std::size_t>(event.thread.index)] = child->payload.text();
    ++parent.join->ended;
    parent.last = event.id;
    drop_children(*child);
    settle(*child, Phase::done);
    parent.children.erase(event.thread.index);
    return;
  }
  settle(*child, Phase::broken);
}

void Live::fold_execution(const Event& event) {
  switch (event.type) {
    case EventType::execution_started:
      started_at = event.at;
      root.next = workflow->flow.start_at;
      root.payload = identity.input;
      break;
    case EventType::execution_succeeded:
      status = Status::succeeded;
      output = event.payload.value_or(json::Payload());
      break;
    case EventType::execution_failed:
      status = Status::failed;
      break;
    case EventType::execution_aborted:
      status = Status::aborted;
      break;
    case EventType::execution_timed_out:
      status = Status::timed_out;
      break;
    default:
      redrive(event);
      break;
  }
  if (event.due) {
    deadline_timer = event.id;
    deadline = *event.due;
  }
  if (!is_execution_end(event.type)) return;
  deadline_timer = 0;
  error = event.error;
  cause = event.cause;
}

void Live::redrive(const Event& event) {
  status = Status::running;
  error.reset();
  cause.reset();
  redrive_count = event.number;
  redriven_at = event.at;
  if (!event.next) return resume(root);
  drop_children(root);
  settle(root, Phase::ready);
  root.next = *event.next;
  root.payload = event.payload.value_or(json::Payload());
  root.last = event.id;
}

// After a redrive: what had ended stays, what was under way or broken becomes ready again. A state
// that runs children continues to join, so that succeeded branches and iterations are kept.
void Live::resume(ThreadState& thread) {
  if (thread.phase == Phase::done || thread.phase == Phase::ready) return;
  thread.retries.clear();
  thread.retry_count = 0;
  thread.last = last_event;
  if (!thread.state) {
    thread.input_lost =
        thread.parent && std::holds_alternative<asl::Map>(thread.parent->state->body);
    return settle(thread, Phase::ready);
  }
  // The children of a map run have histories of their own.
  if (thread.join && thread.join->map_run_id == 0 && runs_children(*thread.state)) {
    settle(thread, Phase::joining);
    for (auto& [index, child] : thread.children) resume(*child);
    return;
  }
  settle(thread, Phase::rerun);
}

void Live::set_timer(ThreadState& thread, const Event& event) {
  timers.erase(thread.timer);
  thread.timer = event.id;
  thread.due = *event.due;
  timers.emplace(event.id, &thread);
}

// Leaves whatever the thread was in: its open task and timer are gone.
void Live::settle(ThreadState& thread, Phase phase) {
  if (thread.ticket != Ticket{}) tickets.erase(static_cast<EventId>(thread.ticket));
  if (thread.timer != 0) timers.erase(thread.timer);
  thread.ticket = Ticket{};
  thread.timer = 0;
  thread.phase = phase;
}

void Live::drop_children(ThreadState& thread) {
  for (auto& [index, child] : thread.children) {
    drop_children(*child);
    settle(*child, Phase::broken);
  }
  thread.children.clear();
  if (thread.join) owners.erase(thread.entered);
  thread.join.reset();
}

}  // namespace orch::execution
