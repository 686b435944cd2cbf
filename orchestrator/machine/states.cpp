// What each type of state does.
#include <utility>

#include <fmt/format.h>

#include "orchestrator/asl/choice.h"
#include "orchestrator/json/text.h"
#include "orchestrator/machine/decider.h"

namespace orch::machine {
namespace {

constexpr EventType entered_types[] = {
    EventType::pass_state_entered,     EventType::task_state_entered,
    EventType::choice_state_entered,   EventType::wait_state_entered,
    EventType::succeed_state_entered,  EventType::fail_state_entered,
    EventType::parallel_state_entered, EventType::map_state_entered};

constexpr EventType exited_types[] = {
    EventType::pass_state_exited,     EventType::task_state_exited,
    EventType::choice_state_exited,   EventType::wait_state_exited,
    EventType::succeed_state_exited,  EventType::fail_state_entered,  // Fail never exits
    EventType::parallel_state_exited, EventType::map_state_exited};

// The longest wait of the service, in seconds.
constexpr std::int64_t longest_wait = 2'147'483'647;

[[noreturn]] void runtime_error(std::string cause) {
  throw asl::EvaluationError({"States.Runtime", std::move(cause)});
}

std::string spelled(const boost::json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : json::write(value);
}

}  // namespace

void Decider::enter(ThreadState& thread) {
  const auto& state = *live_.workflow->by_name.at(thread.next);
  auto entered = event(entered_types[state.body.index()], thread);
  entered.name = state.name;
  entered.payload = thread.payload;
  const auto* wait = std::get_if<asl::Wait>(&state.body);
  if (!wait) {
    emit(std::move(entered));
    return execute(thread);
  }
  // A wait's end is part of its entry, but an unreadable one fails after it.
  thread.state = &state;
  thread.input = thread.payload;
  thread.entered = live_.last_event + 1;
  thread.entered_at = stimulus_.at;
  try {
    entered.due = wait_until(thread, *wait);
    emit(std::move(entered));
  } catch (const asl::EvaluationError& error) {
    entered.due.reset();
    emit(std::move(entered));
    fail(thread, {error.failure(), Origin::runtime}, thread.last);
  }
}

void Decider::execute(ThreadState& thread) {
  try {
    std::visit([&](const auto& state) { body(thread, state); }, thread.state->body);
  } catch (const asl::EvaluationError& error) {
    fail(thread, {error.failure(), Origin::runtime}, thread.last);
  }
}

void Decider::body(ThreadState& thread, const asl::Pass& pass) {
  auto result = parameters(thread);
  if (pass.result) result = json::Payload::of_value(*pass.result);
  exit(thread, output(thread, std::move(result)), thread.state->next);
}

void Decider::body(ThreadState& thread, const asl::Task& task) {
  auto scheduled = event(EventType::task_scheduled, thread);
  scheduled.name = thread.state->name;
  scheduled.resource = task.resource;
  scheduled.payload = parameters(thread);
  if (task.timeout_seconds)
    scheduled.timeout_seconds = number(thread, *task.timeout_seconds, "TimeoutSecondsPath");
  if (task.heartbeat_seconds)
    scheduled.heartbeat_seconds = number(thread, *task.heartbeat_seconds, "HeartbeatSecondsPath");
  scheduled.number = thread.retry_count;
  emit(std::move(scheduled));
}

void Decider::body(ThreadState& thread, const asl::Choice& choice) {
  const auto data = effective_input(thread);
  const auto where = scope(thread, data.value());
  for (const auto& rule : choice.choices) {
    if (holds(rule.condition, where)) return pass_through(thread, rule.next);
  }
  if (choice.default_next) return pass_through(thread, choice.default_next);
  const asl::Failure none{"States.NoChoiceMatched",
                          fmt::format("no rule of the Choice state '{}' matched and it has no "
                                      "Default",
                                      thread.state->name)};
  fail(thread, {none, Origin::other}, thread.last);
}

// Only a redrive comes here with the state entered anew; enter() has set the timer.
void Decider::body(ThreadState&, const asl::Wait&) {}

void Decider::body(ThreadState& thread, const asl::Succeed&) { pass_through(thread, std::nullopt); }

void Decider::body(ThreadState& thread, const asl::Fail& fail_state) {
  Failing failing;
  failing.has_error = fail_state.error.has_value();
  failing.has_cause = fail_state.cause.has_value();
  if (fail_state.error) failing.failure.error = text(thread, *fail_state.error, "ErrorPath");
  if (fail_state.cause) failing.failure.cause = text(thread, *fail_state.cause, "CausePath");
  fail(thread, std::move(failing), thread.last);
}

void Decider::body(ThreadState& thread, const asl::Parallel&) {
  auto started = event(EventType::parallel_state_started, thread);
  auto input = parameters(thread);
  if (!input.same_document(thread.input)) started.payload = std::move(input);
  emit(std::move(started));
  for (auto& [index, child] : thread.children) queue_.push_back(child->id);
}

void Decider::body(ThreadState& thread, const asl::Map& map) {
  auto items = effective_input(thread);
  if (map.items_path)
    items = json::Payload::of_value(map.items_path->evaluate(scope(thread, items.value())));
  if (!items.value().is_array()) {
    auto failed = event(EventType::evaluation_failed, thread);
    const asl::Failure failure{
        "States.QueryEvaluationError",
        fmt::format("An error occurred while executing the state '{}' (entered at the event id "
                    "#{}). Map state input must be an array but was: {}",
                    thread.state->name, thread.entered, items.text())};
    failed.name = thread.state->name;
    failed.error = failure.error;
    failed.cause = failure.cause;
    emit(std::move(failed));
    return fail(thread, {failure, Origin::other}, live_.last_event);
  }
  auto started = event(EventType::map_state_started, thread);
  started.number = static_cast<std::int64_t>(items.value().get_array().size());
  const auto limit = number(thread, map.max_concurrency, "MaxConcurrencyPath");
  if (limit > 0) started.max_concurrency = limit;
  if (!items.same_document(thread.input)) started.payload = std::move(items);
  emit(std::move(started));
  join(thread, thread.last);
}

Instant Decider::wait_until(ThreadState& thread, const asl::Wait& wait) {
  const auto in_seconds = [&](std::int64_t seconds) {
    if (seconds > longest_wait) runtime_error("Wait state delay is too long.");
    return stimulus_.at + std::chrono::seconds(seconds);
  };
  if (wait.timestamp) {
    if (const auto* fixed = std::get_if<Instant>(&*wait.timestamp)) return *fixed;
    const auto& path = std::get<asl::Path>(*wait.timestamp);
    const auto data = effective_input(thread);
    const auto value = path.evaluate(scope(thread, data.value()));
    const auto instant =
        value.is_string() ? from_iso(std::string_view(value.get_string())) : std::nullopt;
    if (!instant)
      runtime_error(
          fmt::format("The TimestampPath parameter does not reference a valid ISO-8601 "
                      "extended offset date-time format string: {} == {}",
                      path.text(), spelled(value)));
    if (*instant > in_seconds(longest_wait)) runtime_error("Wait state delay is too long.");
    return *instant;
  }
  if (const auto* fixed = std::get_if<std::int64_t>(&wait.seconds_or_path))
    return in_seconds(*fixed);
  const auto& path = std::get<asl::Path>(wait.seconds_or_path);
  const auto data = effective_input(thread);
  const auto* value = path.find(scope(thread, data.value()));
  if (!value)
    runtime_error("The SecondsPath parameter does not reference an input value: " + path.text());
  if (!value->is_int64())
    runtime_error(
        fmt::format("The SecondsPath parameter cannot be parsed as a long value: {} == {}",
                    path.text(), spelled(*value)));
  if (value->get_int64() < 0)
    runtime_error(fmt::format("The SecondsPath parameter references a negative value: {} == {}",
                              path.text(), value->get_int64()));
  return in_seconds(value->get_int64());
}

// A Task, Parallel or Map state has its result.
void Decider::finish(ThreadState& thread, json::Payload result) {
  try {
    exit(thread, output(thread, std::move(result)), thread.state->next);
  } catch (const asl::EvaluationError& error) {
    fail(thread, {error.failure(), Origin::runtime}, thread.last);
  }
}

// Choice, Wait and Succeed: the input goes out, through both paths.
void Decider::pass_through(ThreadState& thread, const std::optional<std::string>& next) {
  try {
    exit(thread, output_path(thread, effective_input(thread)), next);
  } catch (const asl::EvaluationError& error) {
    fail(thread, {error.failure(), Origin::runtime}, thread.last);
  }
}

void Decider::exit(ThreadState& thread, json::Payload output,
                   const std::optional<std::string>& next) {
  auto exited = event(exited_types[thread.state->body.index()], thread);
  exited.name = thread.state->name;
  exited.payload = std::move(output);
  exited.next = next;
  emit(std::move(exited));
  if (next) return queue_.push_back(thread.id);
  ended(thread);
}

}  // namespace orch::machine
