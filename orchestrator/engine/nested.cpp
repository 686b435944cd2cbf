// Tasks that wait for runs they started: states:startExecution.sync.
#include <utility>

#include "orchestrator/engine/core.h"
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

std::optional<store::StarterLink> Engine::Core::starter_of(const Submission& submission) {
  if (!submission.starter) return std::nullopt;
  const auto& starter = *submission.starter;
  return store::StarterLink{store_.find(starter.run).id, starter.ticket, starter.waits};
}

void Engine::Core::queue_nested(store::ExecutionId execution, execution::Ticket ticket) {
  waiting_nested_.emplace_back(execution, ticket);
}

void Engine::Core::continue_nested() {
  for (auto count = waiting_nested_.size(); count > 0 && !turn_is_full(map_runs_share); --count) {
    const auto [execution, ticket] = waiting_nested_.front();
    waiting_nested_.pop_front();
    within(execution, [&, run = execution, id = ticket] {
      auto* active = find(run);
      const auto task = active ? active->execution.open_task(id) : std::nullopt;
      if (!task || !task->submitted || !task->resource.starts_nested()) return;
      touch(*active);  // should the store fail now, the task is queued again
      finish_nested(*active, *task);
    });
  }
}

// The task ends as the run did. One that is still under way queues the task at its end.
void Engine::Core::finish_nested(Active& active, const execution::OpenTask& task) {
  const auto run = store_.find_started(active.row.id, static_cast<execution::EventId>(task.ticket));
  if (!run)
    return stimulate(
        active,
        execution::TaskBroken{task.ticket, {"States.TaskFailed", "the nested execution is gone"}});
  if (run->status == execution::Status::running) return;
  auto described_run = described(*run, task.resource.parsed_output);
  if (run->status == execution::Status::succeeded)
    return stimulate(active, execution::TaskDone{
                                 task.ticket, json::Payload::of_value(std::move(described_run))});
  stimulate(active,
            execution::TaskBroken{task.ticket, {"States.TaskFailed", json::write(described_run)}});
}

void Engine::Core::note_nested(const store::ExecutionRow& row) {
  const auto& link = row.made.starter;
  if (link && link->waits) nested_.emplace(link->execution, std::pair(link->ticket, row.id));
}

// After a restart: runs whose task was closed before they could be told.
void Engine::Core::find_nested_orphans(const std::set<store::ExecutionId>& running) {
  for (const auto& [starter, nested] : nested_) {
    const auto [ticket, run] = nested;
    const auto active = active_.find(starter);
    if (active == active_.end() && running.contains(starter)) continue;
    if (active != active_.end() && active->second->execution.is_open(execution::Ticket{ticket}))
      continue;
    nested_orphans_.push_back(run);
  }
}

// The end is committed.
void Engine::Core::nested_ended(const store::ExecutionRow& row) {
  const auto& link = *row.made.starter;
  const auto [begin, end] = nested_.equal_range(link.execution);
  for (auto entry = begin; entry != end; ++entry) {
    if (entry->second.second != row.id) continue;
    nested_.erase(entry);
    break;
  }
  queue_nested(link.execution, execution::Ticket{link.ticket});
}

// Runs whose task is closed: of `starter`, whose open tasks `open` knows; null: none is open.
void Engine::Core::collect_nested(store::ExecutionId starter, const execution::Execution* open) {
  const auto [begin, end] = nested_.equal_range(starter);
  for (auto entry = begin; entry != end; ++entry) {
    const auto [ticket, run] = entry->second;
    if (!open || !open->is_open(execution::Ticket{ticket})) nested_orphans_.push_back(run);
  }
}

}  // namespace orch::engine
