// Retry, Catch, and the way of a failure up to the execution.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/asl/random.h"
#include "orchestrator/execution/decider.h"

namespace orch::execution {
namespace {

bool matches(const std::vector<std::string>& names, const Failing& failing) {
  // Never retried or caught: the definition, or what serves it here, is wrong.
  if (failing.failure.error == "States.Runtime" || failing.failure.error == "Resource.Unknown")
    return false;
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    if (name == "States.ALL" || name == failing.failure.error) return true;
    if (name == "States.TaskFailed") return failing.origin == Origin::task;
    return name == "States.HeartbeatTimeout" && failing.origin == Origin::heartbeat;
  });
}

// Repeated multiplication, not std::pow: libm may differ in the last bit between distributions,
// and a replay on another one must compute the same instant.
Millis backoff(const asl::Retrier& retrier, std::int64_t attempt) {
  constexpr double longest = 99'999'999'000;  // milliseconds; the specification's largest wait
  auto delay = static_cast<double>(retrier.interval.count());
  for (std::int64_t i = 0; i < attempt && delay < longest; ++i) delay *= retrier.backoff_rate;
  const auto rounded = Millis{static_cast<Millis::rep>(std::min(delay, longest))};
  return retrier.max_delay ? std::min(rounded, *retrier.max_delay) : rounded;
}

void describe(Event& event, const Failing& failing) {
  if (failing.has_error) event.error = failing.failure.error;
  if (failing.has_cause) event.cause = failing.failure.cause;
}

// What a catcher gets. A timeout has no cause, and the service shows it empty.
boost::json::object error_output(const Failing& failing) {
  boost::json::object output;
  auto& error = output["Error"];
  if (failing.has_error) error = failing.failure.error;
  auto& cause = output["Cause"];
  if (failing.has_cause || failing.failure.error == "States.Timeout") cause = failing.failure.cause;
  return output;
}

EventType aborted_type(const asl::State& state) {
  if (std::holds_alternative<asl::Task>(state.body)) return EventType::task_state_aborted;
  if (std::holds_alternative<asl::Wait>(state.body)) return EventType::wait_state_aborted;
  if (std::holds_alternative<asl::Map>(state.body)) return EventType::map_state_aborted;
  return EventType::parallel_state_aborted;
}

bool runs_children(const asl::State& state) {
  return std::holds_alternative<asl::Parallel>(state.body) ||
         std::holds_alternative<asl::Map>(state.body);
}

bool can_be_aborted(const ThreadState& thread) {
  if (!thread.state || thread.phase == Phase::done || thread.phase == Phase::ready) return false;
  const auto& body = thread.state->body;
  return std::holds_alternative<asl::Task>(body) || std::holds_alternative<asl::Wait>(body) ||
         std::holds_alternative<asl::Map>(body) || std::holds_alternative<asl::Parallel>(body);
}

}  // namespace

// `cause` is the event that the failure hangs off. Ends with a retry, a catch, or the end of the
// execution.
void Decider::fail(ThreadState& thread, Failing failing, EventId cause) {
  if (inspection_ && !failure_) failure_ = failing.failure;
  auto* at = &thread;
  const ThreadState* failed_child = nullptr;
  bool state_failed = runs_children(*thread.state) && !events_.empty() &&
                      (events_.back().type == EventType::evaluation_failed ||
                       events_.back().type == EventType::map_run_failed);
  while (true) {
    if (failed_child && failing.origin == Origin::timeout) time_out_siblings(*at);
    if (failed_child || at->join) abort_children(*at, failed_child ? *failed_child : *at, cause);
    if (retried(*at, failing, cause)) return;
    if (state_failed) {
      auto failed = event(std::holds_alternative<asl::Map>(at->state->body)
                              ? EventType::map_state_failed
                              : EventType::parallel_state_failed,
                          *at);
      failed.previous = cause;
      emit(std::move(failed));
    }
    if (caught(*at, failing, cause)) return;
    if (!at->parent) return fail_execution(failing);
    failed_child = at;
    state_failed = true;
    at = at->parent;
  }
}

// What the causes of runtime errors begin with; a state alone is not part of an execution.
std::string Decider::occasion(const ThreadState& thread) const {
  if (inspection_) return {};
  return fmt::format(
      "An error occurred while executing the state '{}' (entered at the event id "
      "#{}). ",
      thread.state->name, thread.entered);
}

// An expression of the state cannot be evaluated, or what it gave cannot be used.
void Decider::fail_evaluation(ThreadState& thread, const asl::EvaluationError& error) {
  auto failure = error.failure();
  failure.cause = occasion(thread) + failure.cause;
  if (failure.error != "States.QueryEvaluationError")
    return fail(thread, {failure, Origin::other}, thread.last);
  record_evaluation(thread, failure, error.location());
  fail(thread, {failure, Origin::other}, live_.last_event);
}

void Decider::record_evaluation(const ThreadState& thread, const asl::Failure& failure,
                                const std::string& location) {
  auto failed = event(EventType::evaluation_failed, thread);
  // As the service links it: beside the entry when nothing has happened since.
  const bool waits = std::holds_alternative<asl::Wait>(thread.state->body);
  if (thread.last == thread.entered && !waits) failed.previous = thread.before_entry;
  failed.name = thread.state->name;
  failed.resource = location;
  failed.error = failure.error;
  failed.cause = failure.cause;
  emit(std::move(failed));
}

bool Decider::retried(ThreadState& thread, const Failing& failing, EventId cause) {
  const auto& retriers = thread.state->retry;
  for (std::size_t i = 0; i < retriers.size(); ++i) {
    const auto& retrier = retriers[i];
    if (!matches(retrier.error_equals, failing)) continue;
    const auto used = i < thread.retries.size() ? thread.retries[i] : 0;
    if (inspection_) inspection_->retry_index = static_cast<std::int64_t>(i);
    if (used >= retrier.max_attempts) return false;
    auto delay = backoff(retrier, used);
    if (retrier.full_jitter) {
      asl::Random random(moment_.seed + static_cast<std::uint64_t>(live_.last_event));
      delay = Millis{
          static_cast<Millis::rep>(random.below(static_cast<std::uint64_t>(delay.count()) + 1))};
    }
    auto scheduled = event(EventType::retry_scheduled, thread);
    scheduled.previous = cause;
    scheduled.number = static_cast<std::int64_t>(i);
    scheduled.due = moment_.at + delay;
    if (inspection_) inspection_->retry_backoff = delay;
    emit(std::move(scheduled));
    return true;
  }
  return false;
}

// An expression of the catcher that fails takes the place of the failure: it is not for this
// state's own handlers, but for those around it.
bool Decider::caught(ThreadState& thread, Failing& failing, EventId& cause) {
  const auto& catches = thread.state->catches;
  for (std::size_t i = 0; i < catches.size(); ++i) {
    const auto& catcher = catches[i];
    if (!matches(catcher.error_equals, failing)) continue;
    if (inspection_) inspection_->catch_index = static_cast<std::int64_t>(i);
    std::optional<WayOut> way;
    try {
      way = way_out(thread, catcher, error_output(failing));
    } catch (const asl::EvaluationError& error) {
      // Without a place for the error output the failure stands; an expression is one of its own.
      if (error.failure().error != "States.QueryEvaluationError") return false;
      failing = {error.failure(), Origin::other};
      failing.failure.cause = occasion(thread) + failing.failure.cause;
      record_evaluation(thread, failing.failure, error.location());
      if (inspection_) failure_ = failing.failure;
      cause = live_.last_event;
      return false;
    }
    exit(thread, std::move(*way));
    return true;
  }
  return false;
}

WayOut Decider::way_out(ThreadState& thread, const asl::Catcher& catcher,
                        boost::json::value error) {
  auto where = scope(thread, error);
  where.error_output = &error;
  WayOut way{json::Payload(), assign(catcher.assign, where), catcher.next};
  if (catcher.output) {
    way.output = json::Payload::of_value(catcher.output->evaluate(where));
  } else if (catcher.result_path.discard) {
    way.output = thread.input;
  } else if (catcher.result_path.path && !catcher.result_path.path->is_root()) {
    auto input = thread.input.value();
    catcher.result_path.path->assign(input, std::move(error));
    way.output = json::Payload::of_value(std::move(input));
  } else {
    way.output = json::Payload::of_value(std::move(error));
  }
  return way;
}

// The service's clock of timeouts ticks in seconds.
bool Decider::out_of_time(const ThreadState& thread) const {
  return thread.phase == Phase::task && thread.timer != 0 &&
         thread.due < moment_.at + std::chrono::seconds(1);
}

// Of the tasks that are out of time together, the one whose failure counts: the first, unless
// another handler than their owner's is concerned.
ThreadState& Decider::first_out_of_time(ThreadState& thread) {
  const auto unhandled = [](const ThreadState& each) {
    return each.state->retry.empty() && each.state->catches.empty();
  };
  if (!thread.parent || !unhandled(thread)) return thread;
  for (auto& [index, child] : thread.parent->children)
    if (out_of_time(*child) && unhandled(*child)) return *child;
  return thread;
}

void Decider::time_out_siblings(ThreadState& owner) {
  for (auto& [index, child] : owner.children)
    if (out_of_time(*child)) emit_timeout(*child);
}

// Ends all children of a Parallel or Map state. The service records, for each in its order, how
// the iteration ended and which state was left unfinished.
void Decider::abort_children(ThreadState& owner, const ThreadState& failed, EventId cause) {
  const bool map = std::holds_alternative<asl::Map>(owner.state->body);
  for (auto& [index, child] : owner.children) {
    if (child->phase == Phase::done) continue;
    const bool unfinished = can_be_aborted(*child);
    if (map) {
      auto ended = event(child.get() == &failed ? EventType::map_iteration_failed
                                                : EventType::map_iteration_aborted,
                         *child);
      ended.previous = cause;
      ended.name = owner.state->name;
      ended.number = index;
      emit(std::move(ended));
    }
    if (unfinished) abort_state(*child, cause);
  }
}

void Decider::abort_state(ThreadState& thread, EventId cause) {
  if (thread.join) abort_children(thread, thread, cause);
  auto aborted = event(aborted_type(*thread.state), thread);
  aborted.previous = cause;
  emit(std::move(aborted));
}

bool Decider::too_large(const json::Payload& data) const {
  const auto most = live_.identity.quotas.payload_bytes;
  return most > 0 && std::ssize(data.text()) > most;
}

asl::Failure too_large_failure(const std::string& name) {
  return {"States.DataLimitExceeded",
          fmt::format("The state/task '{}' returned a result with a size exceeding the maximum "
                      "number of bytes service limit.",
                      name)};
}

// A history that grows for ever ends its execution. What ends it by itself may be its last event.
bool Decider::fills_history(const Event& event) const {
  const auto most = live_.identity.quotas.events;
  if (most == 0 || live_.last_event + 1 < most) return false;
  switch (event.type) {
    case EventType::execution_succeeded:
    case EventType::execution_failed:
    case EventType::execution_aborted:
    case EventType::execution_timed_out:
    case EventType::execution_redriven:  // it is what goes on that fails
      return false;
    default:
      return true;
  }
}

Event Decider::history_full() const {
  auto failed = event(EventType::execution_failed, live_.root);
  describe(failed, {{"States.Runtime",
                     fmt::format("The execution reached the maximum number of history events ({}).",
                                 live_.identity.quotas.events)},
                    Origin::other});
  return failed;
}

void Decider::fail_execution(const Failing& failing) {
  auto failed = event(EventType::execution_failed, live_.root);
  describe(failed, failing);
  emit(std::move(failed));
}

}  // namespace orch::execution
