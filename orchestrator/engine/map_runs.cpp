// Distributed maps: starts children as the window allows, and tells the parent how they ended.
#include <utility>

#include <fmt/format.h>

#include "orchestrator/asl/failure.h"
#include "orchestrator/asl/parse.h"
#include "orchestrator/engine/core.h"
#include "orchestrator/json/text.h"

namespace orch::engine {
namespace {

/// "arn:…:execution:MACHINE:NAME" of the parent gives the child's; empty when there is none.
store::ServiceLink child_link(const store::ServiceLink& parent, const std::string& label,
                              const std::string& name) {
  auto link = parent;
  link.alias.clear();
  link.version.reset();
  if (parent.arn.empty()) return link;
  link.arn = fmt::format("{}/{}:{}", parent.arn.substr(0, parent.arn.rfind(':')), label, name);
  link.machine_arn = parent.machine_arn + "/" + label;
  return link;
}

}  // namespace

void Engine::Core::queue_map_run(store::ExecutionId parent, machine::EventId ticket) {
  waiting_map_runs_.emplace_back(parent, ticket);
}

// After everybody's news, within the bound of a turn.
void Engine::Core::continue_map_runs() {
  for (auto count = waiting_map_runs_.size(); count > 0 && !turn_is_full(); --count) {
    const auto [parent, ticket] = waiting_map_runs_.front();
    waiting_map_runs_.pop_front();
    auto* active = find(parent);
    const auto task = active ? active->execution.open_task(machine::Ticket{ticket}) : std::nullopt;
    if (task)
      continue_map_run(*active, *task);
    else
      stop_children(parent, ticket);
  }
}

void Engine::Core::continue_map_run(Active& active, const machine::OpenTask& task) {
  const auto ticket = static_cast<machine::EventId>(task.ticket);
  try {
    auto& run = map_run(active, task);
    if (run.exceeded())
      return fail_map_run(active, task.ticket,
                          {"States.ExceedToleratedFailureThreshold",
                           "The specified tolerated failure threshold was exceeded"});
    while (run.may_start() && !turn_is_full()) start_child(active, task, run);
    if (run.may_start()) return queue_map_run(active.row.id, ticket);
    if (!run.finished()) return;
    auto output = json::Payload::of_text(store_.child_outputs(active.row.id, ticket));
    active.map_runs.erase(ticket);
    stimulate(active, machine::TaskDone{task.ticket, std::move(output)});
  } catch (const asl::EvaluationError& error) {
    fail_map_run(active, task.ticket, error.failure());
  }
}

// In memory, or counted anew from the children's rows: after a restart or a failed commit.
MapRun& Engine::Core::map_run(Active& active, const machine::OpenTask& task) {
  const auto ticket = static_cast<machine::EventId>(task.ticket);
  const auto known = active.map_runs.find(ticket);
  if (known != active.map_runs.end()) return known->second;
  auto run = read_plan(task, active.execution.item_count(task.ticket));
  const auto text =
      child_definition(store_.definition(active.row.made.definition_hash), task.state);
  run.definition_hash = store::definition_hash(text);
  if (!workflows_.contains(run.definition_hash)) {
    keep_workflow(run.definition_hash, asl::parse_or_throw(text, task.state));
  }
  transaction().keep_definition(run.definition_hash, text);
  const auto counts = store_.count_children(active.row.id, ticket);
  run.next = counts.all;
  run.running = counts.running;
  run.failed = counts.failed;
  return active.map_runs.emplace(ticket, std::move(run)).first->second;
}

void Engine::Core::start_child(Active& active, const machine::OpenTask& task, MapRun& run) {
  const auto part = run.parts[static_cast<std::size_t>(run.next)];
  const auto input = [&](std::int64_t index) {
    return active.execution.item_input({now_, ++seed_ * 0x9e3779b97f4a7c15, machine::Continue{}},
                                       task.ticket, index);
  };
  std::string text;
  if (run.batched) {
    boost::json::array items;
    for (auto index = part.first; index < part.last; ++index) items.push_back(input(index).value());
    boost::json::object whole;
    if (!run.batch_input.empty()) whole["BatchInput"] = run.batch_input;
    whole["Items"] = std::move(items);
    text = json::write(whole);
  } else {
    text = input(part.first).text();
  }
  const auto label = run.name.substr(0, run.name.find(':'));
  store::ExecutionRow row;
  auto& made = row.made;
  made.run_id = run_ids_.next(now_);
  made.name = made.run_id;
  made.workflow = active.row.made.workflow + "/" + label;
  made.definition_hash = run.definition_hash;
  made.input = std::move(text);
  made.connections = active.row.made.connections;
  made.started_at = now_;
  made.service = child_link(active.row.made.service, label, made.name);
  made.parent = {{active.row.id, static_cast<machine::EventId>(task.ticket), run.next}};
  row.id = transaction().add(made);
  auto execution = fold(row, workflow(run.definition_hash));
  ++run.next;
  ++run.running;
  touch(active);  // after a failed commit the children are counted anew
  stimulate(add(std::move(row), std::move(execution)), machine::Start{});
}

void Engine::Core::fail_map_run(Active& active, machine::Ticket ticket,
                                const asl::Failure& failure) {
  active.map_runs.erase(static_cast<machine::EventId>(ticket));
  stop_children(active.row.id, static_cast<machine::EventId>(ticket));
  stimulate(active, machine::TaskBroken{ticket, failure});
}

// Nobody waits for them any more.
void Engine::Core::stop_children(store::ExecutionId parent, machine::EventId ticket) {
  std::vector<Active*> children;
  for (const auto& [id, active] : active_) {
    const auto& link = active->row.made.parent;
    if (link && link->execution == parent && link->ticket == ticket)
      children.push_back(active.get());
  }
  for (auto* child : children) {
    if (auto* active = find(child->row.id)) stimulate(*active, machine::Stop{"", ""});
  }
}

// A child's end is committed.
void Engine::Core::child_ended(const store::ExecutionRow& row) {
  const auto& link = *row.made.parent;
  const auto parent = active_.find(link.execution);
  if (parent == active_.end()) return;
  const auto run = parent->second->map_runs.find(link.ticket);
  if (run != parent->second->map_runs.end()) {
    --run->second.running;
    run->second.failed += row.status == machine::Status::succeeded ? 0 : 1;
  }
  queue_map_run(link.execution, link.ticket);
}

}  // namespace orch::engine
