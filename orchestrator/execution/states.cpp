// What each type of state does.
#include <array>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/asl/choice.h"
#include "orchestrator/execution/decider.h"
#include "orchestrator/json/members.h"

namespace orch::execution {
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

constexpr std::size_t token_bytes = 16;  // of secret

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
  thread.entered_at = moment_.at;
  try {
    entered.due = wait_until(thread, *wait);
    emit(std::move(entered));
  } catch (const asl::EvaluationError& error) {
    entered.due.reset();
    emit(std::move(entered));
    fail_evaluation(thread, error);
  }
}

void Decider::execute(ThreadState& thread) {
  try {
    std::visit([&](const auto& state) { body(thread, state); }, thread.state->body);
  } catch (const asl::EvaluationError& error) {
    fail_evaluation(thread, error);
  }
}

void Decider::body(ThreadState& thread, const asl::Pass& pass) {
  if (pass.result) return finish(thread, json::Payload::of_value(*pass.result));
  finish(thread, parameters(thread));
}

void Decider::body(ThreadState& thread, const asl::Task& task) {
  const auto& missing = moment_.missing_activities;
  if (task.resource.kind == asl::TaskKind::activity && missing &&
      missing->contains(task.resource.text))
    return fail(
        thread,
        {{"States.Runtime", fmt::format("The activity {} does not exist.", task.resource.text)},
         Origin::other},
        thread.last);
  auto scheduled = event(task_event(task.resource.kind, TaskStage::scheduled), thread);
  scheduled.name = thread.state->name;
  scheduled.resource = task.resource.text;
  // Parameters may hold the token, so it is made before them.
  if (task.resource.needs_token()) thread.token = scheduled.token = new_token();
  scheduled.payload = parameters(thread);
  if (task.timeout_seconds)
    scheduled.timeout_seconds = number(thread, *task.timeout_seconds, "TimeoutSeconds");
  if (task.heartbeat_seconds)
    scheduled.heartbeat_seconds = number(thread, *task.heartbeat_seconds, "HeartbeatSeconds");
  if (task.credentials) scheduled.role = role(thread, *task.credentials);
  // A task of an activity may never be asked for; other tasks begin at once.
  if (task.resource.kind == asl::TaskKind::activity && scheduled.timeout_seconds)
    scheduled.due = moment_.at + std::chrono::seconds(*scheduled.timeout_seconds);
  scheduled.number = thread.retry_count;
  emit(std::move(scheduled));
}

// `prefix.ticket.secret`: the first two lead back to the task, the third cannot be guessed, also by
// somebody who knows the tokens of other tasks of the same stimulus.
std::string Decider::new_token() const {
  const auto ticket = fmt::format("{}", live_.last_event + 1);
  const auto& key = moment_.secret;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(ticket.data()), ticket.size(), digest.data(), &size);
  return fmt::format("{}.{}.{:02x}", live_.identity.token_prefix, ticket,
                     fmt::join(digest.begin(), digest.begin() + token_bytes, ""));
}

std::string Decider::role(ThreadState& thread, const asl::PayloadTemplate& credentials) {
  const auto input = effective_input(thread);
  const auto made = credentials.evaluate(scope(thread, input.value()));
  return json::text_member(made, "RoleArn");
}

void Decider::body(ThreadState& thread, const asl::Choice& choice) {
  const auto data = effective_input(thread);
  const auto where = scope(thread, data.value());
  for (const auto& rule : choice.choices) {
    if (asl::holds(rule, where)) return pass_through(thread, rule.next, &rule);
  }
  if (choice.default_next) return pass_through(thread, choice.default_next);
  const asl::Failure none{
      "States.NoChoiceMatched",
      fmt::format("{}Failed to transition out of the state. The state does not point to a next "
                  "state.",
                  occasion(thread))};
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
  const bool read_outside = map.distributed && map.distributed->reader;
  auto all = read_outside ? json::Payload::of_text("[]") : items(thread, map);
  auto started = event(EventType::map_state_started, thread);
  started.number = static_cast<std::int64_t>(
      all.value().is_object() ? all.value().get_object().size() : all.value().get_array().size());
  const auto limit = number(thread, map.max_concurrency, "MaxConcurrency");
  if (limit > 0) started.max_concurrency = limit;
  note("maxConcurrency", json::Payload::of_value(limit));
  if (!all.same_document(thread.input)) started.payload = std::move(all);
  emit(std::move(started));
  if (map.distributed) return start_map_run(thread, map, limit);
  if (inspection_) return;  // alone: what its iterations give comes from outside
  join(thread, thread.last);
}

// A Pass, Task, Parallel or Map state has its result.
void Decider::finish(ThreadState& thread, const json::Payload& result) {
  note("result", result);
  try {
    auto assigned = assign(thread.state->assign, result_scope(thread, result.value()));
    exit(thread, {output(thread, result), std::move(assigned), thread.state->next});
  } catch (const asl::EvaluationError& error) {
    fail_evaluation(thread, error);
  }
}

// Choice, Wait and Succeed: the input goes out. `rule`: the one that matched; its Assign and
// Output stand in for the state's.
void Decider::pass_through(ThreadState& thread, const std::optional<std::string>& next,
                           const asl::ChoiceRule* rule) {
  const auto& state = *thread.state;
  try {
    const auto input = effective_input(thread);
    const auto where = scope(thread, input.value());
    auto assigned = assign(rule ? rule->assign : state.assign, where);
    const auto& output = rule ? rule->output : state.output;
    exit(thread,
         {output ? json::Payload::of_value(output->evaluate(where)) : output_path(thread, input),
          std::move(assigned), next});
  } catch (const asl::EvaluationError& error) {
    fail_evaluation(thread, error);
  }
}

void Decider::exit(ThreadState& thread, WayOut way) {
  if (too_large(way.output))
    return fail(thread, {too_large_failure(thread.state->name), Origin::other}, thread.last);
  auto exited = event(exited_types[thread.state->body.index()], thread);
  exited.name = thread.state->name;
  exited.payload = std::move(way.output);
  exited.assigned = std::move(way.assigned);
  exited.next = way.next;
  emit(std::move(exited));
  if (way.next) return queue_.push_back(thread.id);
  ended(thread);
}

}  // namespace orch::execution
