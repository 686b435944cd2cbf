#include "orchestrator/engine/nested.h"

#include <utility>

#include "orchestrator/json/text.h"

namespace orch::engine {
namespace {

namespace bj = boost::json;

/// As DescribeExecution shows it to the task.
bj::object described(const store::ExecutionRow& row, bool parsed) {
  const auto& made = row.made;
  const auto data = [&](const std::string& text) {
    return parsed ? json::parse(text) : bj::value(text);
  };
  bj::object all;
  if (row.cause) all["Cause"] = *row.cause;
  if (row.error) all["Error"] = *row.error;
  all["ExecutionArn"] = made.service.arn;
  all["Input"] = data(made.input);
  all["InputDetails"] = {{"Included", true}};
  all["Name"] = made.name;
  if (row.output) {
    all["Output"] = data(*row.output);
    all["OutputDetails"] = {{"Included", true}};
  }
  all["StartDate"] = made.started_at.time_since_epoch().count();
  all["StateMachineArn"] = made.service.machine_arn;
  all["Status"] = to_string(row.status);
  if (row.ended_at) all["StopDate"] = row.ended_at->time_since_epoch().count();
  return all;
}

}  // namespace

void Nested::decide() {
  for (auto count = waiting_.size(); count > 0 && !runs_.turn.is_full(share::map_runs); --count) {
    const auto [execution, ticket] = waiting_.front();
    waiting_.pop_front();
    runs_.isolation.within(execution, [&, id = execution, open = ticket] {
      auto* run = runs_.executions.find(id);
      const auto task = run ? run->execution.open_task(open) : std::nullopt;
      if (!task || !task->submitted || !task->resource.starts_nested()) return;
      runs_.executions.touch(*run);  // should the store fail now, the task is queued again
      finish(*run, *task);
    });
  }
}

// The task ends as the run did. One that is still under way queues the task at its end.
void Nested::finish(Active& run, const execution::OpenTask& task) {
  auto& decisions = runs_.decisions;
  const auto nested =
      runs_.store.find_started(run.row.id, static_cast<execution::EventId>(task.ticket));
  if (!nested)
    return decisions.stimulate(
        run,
        execution::TaskBroken{task.ticket, {"States.TaskFailed", "the nested execution is gone"}});
  if (nested->status == execution::Status::running) return;
  auto shown = described(*nested, task.resource.parsed_output);
  if (nested->status == execution::Status::succeeded)
    return decisions.stimulate(
        run, execution::TaskDone{task.ticket, json::Payload::of_value(std::move(shown))});
  decisions.stimulate(
      run, execution::TaskBroken{task.ticket, {"States.TaskFailed", json::write(shown)}});
}

bool Nested::take_on(Active& run, const execution::OpenTask& task) {
  if (!task.submitted || !task.resource.starts_nested()) return false;
  queue(run.row.id, task.ticket);
  return true;
}

void Nested::follow(Active& run, const execution::Event& event) {
  if (event.type != execution::EventType::task_submitted) return;
  const auto task = run.execution.open_task(event.thread);
  if (task && task->resource.starts_nested()) queue(run.row.id, task->ticket);
}

void Nested::added(const Active& run) {
  const auto& link = run.row.made.starter;
  if (link && link->waits)
    started_.emplace(link->execution, std::pair(execution::Ticket{link->ticket}, run.row.id));
}

void Nested::ended(Active& run) {
  leave_closed(run.row.id, nullptr);
  if (const auto& link = run.row.made.starter)
    queue(link->execution, execution::Ticket{link->ticket});
}

void Nested::dropped(const Active& run, const std::exception_ptr&) {
  const auto& link = run.row.made.starter;
  if (!link) return;
  const auto [begin, end] = started_.equal_range(link->execution);
  for (auto entry = begin; entry != end; ++entry) {
    if (entry->second.second != run.row.id) continue;
    started_.erase(entry);
    return;
  }
}

// Runs whose task was closed before they could be told.
void Nested::recovered(const std::set<store::ExecutionId>& running) {
  for (const auto& [starter, started] : started_) {
    const auto [ticket, run] = started;
    const auto* active = runs_.executions.known(starter);
    if (!active && running.contains(starter)) continue;
    if (active && active->execution.is_open(ticket)) continue;
    orphans_.add(run);
  }
}

// Runs whose task is closed: of `starter`, whose open tasks `open` knows; null: none is open.
void Nested::leave_closed(store::ExecutionId starter, const execution::Execution* open) {
  const auto [begin, end] = started_.equal_range(starter);
  for (auto entry = begin; entry != end; ++entry) {
    const auto [ticket, run] = entry->second;
    if (!open || !open->is_open(ticket)) orphans_.add(run);
  }
}

}  // namespace orch::engine
