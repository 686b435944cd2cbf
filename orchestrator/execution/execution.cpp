#include "orchestrator/execution/execution.h"

#include <algorithm>
#include <array>
#include <utility>

#include "orchestrator/execution/decider.h"

namespace orch::execution {
namespace {

constexpr std::array<std::string_view, 5> status_names = {"RUNNING", "SUCCEEDED", "FAILED",
                                                          "TIMED_OUT", "ABORTED"};

bool can_go_on(const ThreadState& thread) {
  if (thread.phase == Phase::ready || thread.phase == Phase::rerun) return true;
  if (thread.phase != Phase::joining) return false;
  const bool startable = std::holds_alternative<asl::Map>(thread.state->body) && can_start(thread);
  return startable || std::any_of(thread.children.begin(), thread.children.end(),
                                  [](const auto& child) { return can_go_on(*child.second); });
}

}  // namespace

OpenTask open_task_of(const ThreadState& thread) {
  OpenTask open;
  open.ticket = thread.ticket;
  open.state = thread.state->name;
  open.parameters = thread.parameters;
  const auto* task = std::get_if<asl::Task>(&thread.state->body);
  if (!task) {
    open.begun = open.map_run = true;
    open.resource.text = thread.join->map_run;
    open.map_run_id = thread.join->map_run_id;
    if (thread.join->redrives > 0) open.redriven_at = thread.join->redriven_at;
    return open;
  }
  open.resource = task->resource;
  open.token = thread.token;
  open.attempt = thread.retry_count;
  open.begun = thread.begun;
  open.submitted = thread.submitted;
  open.heartbeat_seconds = thread.heartbeat_seconds;
  return open;
}

std::string_view to_string(Status status) { return status_names[static_cast<std::size_t>(status)]; }

std::optional<Status> status_from(std::string_view name) {
  const auto* found = std::find(status_names.begin(), status_names.end(), name);
  if (found == status_names.end()) return std::nullopt;
  return static_cast<Status>(found - status_names.begin());
}

Execution::Execution(std::shared_ptr<const asl::Workflow> workflow, Identity identity)
    : live_(std::make_unique<Live>(std::move(workflow), std::move(identity))) {}

Execution::Execution(std::unique_ptr<Live> live) : live_(std::move(live)) {}
Execution::~Execution() = default;
Execution::Execution(Execution&&) noexcept = default;
Execution& Execution::operator=(Execution&&) noexcept = default;

Execution Execution::copy() const { return Execution(std::make_unique<Live>(*live_)); }

std::vector<Event> Execution::decide(const Stimulus& stimulus) {
  Decider decider(*live_,
                  {stimulus.at, stimulus.seed, stimulus.secret, stimulus.missing_activities});
  auto events = decider.run(stimulus);
  // A Continue queues every thread that can continue, another stimulus only those it wakes: it must
  // not forget the ones that an earlier turn left.
  const bool all_queued =
      std::holds_alternative<Continue>(stimulus.what) || live_->status != Status::running;
  if (decider.has_more() || all_queued || live_->more == false) live_->more = decider.has_more();
  return events;
}

void Execution::evolve(const Event& event) {
  live_->evolve(event);
  live_->more.reset();
}

Status Execution::status() const { return live_->status; }

bool Execution::has_more() const {
  // After decide() its queue tells; walking all threads for every stimulus would be quadratic.
  if (!live_->more)
    live_->more =
        live_->status == Status::running && live_->last_event > 0 && can_go_on(live_->root);
  return *live_->more;
}

std::optional<json::Payload> Execution::input_of(std::string_view state) const {
  const auto found = live_->inputs.find(state);
  if (found == live_->inputs.end()) return std::nullopt;
  return found->second;
}

EventId Execution::last_event() const { return live_->last_event; }

std::int64_t Execution::redrive_count() const { return live_->redrive_count; }

bool Execution::is_open(Ticket ticket) const {
  return live_->status == Status::running && live_->tickets.contains(static_cast<EventId>(ticket));
}

std::optional<OpenTask> Execution::open_task(Ticket ticket) const {
  if (!is_open(ticket)) return std::nullopt;
  return open_task_of(*live_->tickets.at(static_cast<EventId>(ticket)));
}

std::optional<OpenTask> Execution::open_task(const Thread& thread) const {
  const auto* found = live_->find(thread);
  return found && is_open(found->ticket) ? std::optional(open_task_of(*found)) : std::nullopt;
}

std::vector<OpenTask> Execution::open_tasks() const {
  std::vector<OpenTask> open;
  if (live_->status != Status::running) return open;
  open.reserve(live_->tickets.size());
  for (const auto& [id, thread] : live_->tickets) open.push_back(open_task_of(*thread));
  std::sort(open.begin(), open.end(),
            [](const OpenTask& a, const OpenTask& b) { return a.ticket < b.ticket; });
  return open;
}

std::vector<OpenTimer> Execution::open_timers() const {
  std::vector<OpenTimer> open;
  if (live_->status != Status::running) return open;
  if (live_->deadline_timer != 0) open.push_back({live_->deadline_timer, live_->deadline});
  for (const auto& [id, thread] : live_->timers) open.push_back({id, thread->due});
  std::sort(open.begin(), open.end(),
            [](const OpenTimer& a, const OpenTimer& b) { return a.timer < b.timer; });
  return open;
}

std::int64_t Execution::item_count(Ticket ticket) const {
  return live_->tickets.at(static_cast<EventId>(ticket))->join->length;
}

json::Payload Execution::item_input(const Moment& moment, Ticket ticket, std::int64_t index,
                                    const json::Payload* outside) {
  auto& owner = *live_->tickets.at(static_cast<EventId>(ticket));
  ThreadState item;
  item.id = {owner.entered, index};
  item.parent = &owner;
  if (outside) {
    if (!std::get<asl::Map>(owner.state->body).item_selector) return *outside;
    item.item = &outside->value();
  }
  return Decider(*live_, moment).item_input(owner, item);
}

const json::Payload& Execution::output() const { return live_->output; }
const std::optional<std::string>& Execution::error() const { return live_->error; }
const std::optional<std::string>& Execution::cause() const { return live_->cause; }

}  // namespace orch::execution
