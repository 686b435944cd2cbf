#include "tests/execution/scenario.h"

#include <stdexcept>

#include <fmt/format.h>

#include "orchestrator/asl/parse.h"

namespace orch::test {

using execution::Event;

Instant start_instant() {
  return std::chrono::sys_days{std::chrono::year{2026} / std::chrono::January / 1};
}

Scenario::Scenario(const std::string& definition, const std::string& input)
    : workflow_(asl::parse_or_throw(definition, "definition")), input_(input) {}

execution::Execution Scenario::with(const std::vector<Event>& events) const {
  execution::Identity identity;
  identity.execution_id = "run-1";
  identity.name = "test";
  identity.workflow_id = identity.workflow_name = "workflow";
  identity.input = json::Payload::of_text(input_);
  execution::Execution execution(workflow_, identity);
  for (const auto& event : events) execution.evolve(event);
  return execution;
}

void Scenario::stimulate(std::int64_t at_ms, decltype(execution::Stimulus::what) what) {
  auto execution = folded().copy();  // goes on as the one it was made of
  execution::Stimulus stimulus{start_instant() + Millis{at_ms}, 42, std::move(what)};
  const auto record = [&](std::vector<Event> events) {
    for (auto& event : events) events_.push_back(std::move(event));
  };
  record(execution.decide(stimulus));
  stimulus.what = execution::Continue{};
  while (execution.has_more()) record(execution.decide(stimulus));
}

execution::Ticket Scenario::ticket(const std::string& state) const {
  for (const auto& task : folded().open_tasks()) {
    if (task.state == state) return task.ticket;
  }
  throw std::runtime_error("no open task of state " + state);
}

execution::OpenTimer Scenario::first_timer() const {
  const auto timers = folded().open_timers();
  if (timers.empty()) throw std::runtime_error("no open timer");
  auto first = timers.front();
  for (const auto& timer : timers) {
    if (timer.due < first.due) first = timer;
  }
  return first;
}

std::string describe(const Event& event) {
  auto line = fmt::format("{} <- {} +{} {}", event.id, event.previous,
                          (event.at - start_instant()).count(), to_string(event.type));
  if (event.thread.entered != 0)
    line += fmt::format(" [{}.{}]", event.thread.entered, event.thread.index);
  if (!event.name.empty()) line += " " + event.name;
  if (!event.resource.empty()) line += " " + event.resource;
  if (event.payload) line += " " + event.payload->text();
  if (event.error) line += fmt::format(" error={}", *event.error);
  if (event.cause) line += fmt::format(" cause={}", *event.cause);
  if (event.number != 0) line += fmt::format(" #{}", event.number);
  if (event.timeout_seconds) line += fmt::format(" timeout={}s", *event.timeout_seconds);
  if (event.heartbeat_seconds) line += fmt::format(" heartbeat={}s", *event.heartbeat_seconds);
  for (const auto& [name, text] : event.assigned) line += fmt::format(" {}:={}", name, text);
  if (event.max_concurrency) line += fmt::format(" at-most={}", *event.max_concurrency);
  if (event.due) line += fmt::format(" due=+{}", (*event.due - start_instant()).count());
  if (event.next) line += " -> " + *event.next;
  return line;
}

}  // namespace orch::test
