// Tasks that are done outside: those of activities, and those whose token somebody returns.
#include <charconv>
#include <chrono>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/engine/ask.h"
#include "orchestrator/engine/core.h"
#include "orchestrator/json/text.h"

namespace orch::engine {
namespace {

constexpr Millis submission_patience{5'000};
constexpr Millis submission_interval{2};

/// The parts of a token: run, ticket, secret (machine/states.cpp makes them).
struct Token {
  std::string run;
  execution::Ticket ticket{};
};

Token parse_token(const std::string& text) {
  const auto secret = text.rfind('.');
  const auto number = secret == text.npos ? text.npos : text.rfind('.', secret - 1);
  execution::EventId ticket = 0;
  const auto* end = text.data() + (secret == text.npos ? 0 : secret);
  if (number == text.npos || number == 0 ||
      std::from_chars(text.data() + number + 1, end, ticket).ptr != end || ticket <= 0)
    throw Error("ORCH-0213", "invalid task token", "pass the token exactly as received");
  return {text.substr(0, number), execution::Ticket{ticket}};
}

[[noreturn]] void refuse_closed() {
  throw Error("ORCH-0214", "the task is not open any more",
              "it has been completed, has timed out, or its execution has ended");
}

}  // namespace

std::optional<ActivityTask> Engine::Core::take_activity_task(const std::string& activity,
                                                             const std::string& worker) {
  return ask<std::optional<ActivityTask>>([&] { return do_take(activity, worker); }).get();
}

void Engine::Core::give_back(const std::string& token) {
  ask<bool>([&] {
    do_give_back(token);
    return true;
  }).get();
}

void Engine::Core::report(const std::string& token, const TokenReport& report) {
  // Whoever got the token with a message may answer before the service that took the message has.
  // What it says is recorded behind that answer.
  const auto give_up = std::chrono::steady_clock::now() + submission_patience;
  while (!ask<bool>([&] {
            return do_report(token, report, std::chrono::steady_clock::now() < give_up);
          }).get())
    std::this_thread::sleep_for(submission_interval);
}

// Tasks that have been closed meanwhile are passed over.
std::optional<ActivityTask> Engine::Core::do_take(const std::string& activity,
                                                  const std::string& worker) {
  auto& waiting = activities_[activity];
  while (!waiting.empty()) {
    const auto [execution, ticket, given_back] = waiting.front();
    waiting.pop_front();
    auto* active = find(execution);
    const auto task = active ? active->execution.open_task(ticket) : std::nullopt;
    if (!task || task->begun != given_back) continue;
    if (given_back)
      watch_from(*active, *task, clock_.steady());
    else
      stimulate(*active, execution::TaskBegun{ticket, worker});
    return ActivityTask{task->token, task->parameters.text()};
  }
  return std::nullopt;
}

void Engine::Core::do_give_back(const std::string& token) {
  const auto [run, ticket] = parse_token(token);
  auto* active = take_up(store_.find(run));
  const auto task = active ? active->execution.open_task(ticket) : std::nullopt;
  if (!task || !same_secret(task->token, token) || !task->begun) return;
  activities_[task->resource.text].push_front({active->row.id, ticket, true});
  if (observer_) observer_->on_activity_task(task->resource.text);
}

// False: the task is about to be submitted; only when `patient`.
bool Engine::Core::do_report(const std::string& token, const TokenReport& report, bool patient) {
  const auto [run, ticket] = parse_token(token);
  Active* active = nullptr;
  try {
    active = take_up(store_.find(run));
  } catch (const Error& error) {
    if (error.code() != "ORCH-0203") throw;
    throw Error("ORCH-0213", "invalid task token", "pass the token exactly as received");
  }
  if (active && active->reported.contains(ticket)) return true;
  const auto task = active ? active->execution.open_task(ticket) : std::nullopt;
  if (!task) refuse_closed();
  if (!same_secret(task->token, token))
    throw Error("ORCH-0213", "invalid task token", "pass the token exactly as received");
  const bool waits = task->resource.completion == asl::Completion::token && !task->submitted &&
                     active->deliveries.contains(static_cast<execution::EventId>(ticket));
  if (waits && patient && report.kind != TokenReport::Kind::heartbeat) return false;
  // What is decided elsewhere is not durable yet: the caller hears of it when it is.
  if (active->decision && report.kind != TokenReport::Kind::heartbeat) return false;
  active->outside[static_cast<execution::EventId>(ticket)] = clock_.steady();
  switch (report.kind) {
    case TokenReport::Kind::heartbeat:
      return true;
    case TokenReport::Kind::success:
      json::parse(report.output);
      stimulate(*active, execution::TaskDone{ticket, json::Payload::of_text(report.output)});
      break;
    case TokenReport::Kind::failure:
      stimulate(*active,
                execution::TaskBroken{ticket,
                                      {report.error.value_or(""), report.cause.value_or("")},
                                      report.error.has_value(),
                                      report.cause.has_value()});
      break;
  }
  if (active->decision) return false;
  active->outside.erase(static_cast<execution::EventId>(ticket));
  return true;
}

// An open task that no worker of this process does (any more).
void Engine::Core::wait_outside(Active& active, const execution::OpenTask& task) {
  if (task.resource.kind != asl::TaskKind::activity || task.begun)
    return watch_from(active, task, clock_.steady());
  activities_[task.resource.text].push_back({active.row.id, task.ticket, false});
  if (observer_) observer_->on_activity_task(task.resource.text);
}

// A worker of an activity has the task, or a service has taken it over: from now on signs of life
// are due.
void Engine::Core::begin_outside(Active& active, const execution::Event& event) {
  const auto task = active.execution.open_task(event.thread);
  if (!task) return;
  if (task->resource.starts_nested()) queue_nested(active.row.id, task->ticket);
  if (task->resource.needs_token()) watch_from(active, *task, clock_.due(event.at));
}

void Engine::Core::watch_from(Active& active, const execution::OpenTask& task, Instant sign) {
  const auto ticket = static_cast<execution::EventId>(task.ticket);
  active.outside.insert_or_assign(ticket, sign);
  if (task.heartbeat_seconds)
    timers_.add({sign + std::chrono::seconds(*task.heartbeat_seconds), active.row.id, ticket,
                 Timer::Kind::heartbeat});
}

}  // namespace orch::engine
