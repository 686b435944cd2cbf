// Submissions, redrives, and the executions in memory.
#include <set>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/asl/parse.h"
#include "orchestrator/base/error.h"
#include "orchestrator/engine/core.h"
#include "orchestrator/engine/executed_states.h"
#include "orchestrator/engine/run_id.h"
#include "orchestrator/json/text.h"

namespace orch::engine {
namespace {

// The same submission again is answered with the run that exists.
Submitted existing(const store::ExecutionRow& row, const Submission& submission,
                   const std::string& definition) {
  const char* differs = nullptr;
  if (json::parse(row.made.input) != json::parse(submission.input)) differs = "input";
  if (definition != submission.definition) differs = "definition";
  if (!differs) return {row.made.run_id, true};
  throw Error("ORCH-0202",
              fmt::format("the name \"{}\" is taken by run {}, whose {} is another",
                          submission.name, row.made.run_id, differs),
              "choose another --name, or `orch resume` that run");
}

machine::Identity identity_of(const store::NewExecution& made) {
  machine::Identity identity;
  identity.execution_id = made.run_id;
  identity.name = made.name;
  identity.workflow_id = made.workflow;
  identity.workflow_name = made.workflow;
  identity.role = "";
  identity.input = json::Payload::of_text(made.input);
  return identity;
}

}  // namespace

Submitted Engine::Core::do_submit(const Submission& submission) {
  const auto parsed = asl::parse_or_throw(submission.definition, submission.workflow);
  json::parse(submission.input);
  if (!submission.name.empty()) {
    if (const auto row = store_.find_name(submission.name))
      return existing(*row, submission, store_.definition(row->made.definition_hash));
  }
  check_resources(*parsed);
  store::ExecutionRow row;
  auto& made = row.made;
  made.run_id = new_run_id(now_);
  made.name = submission.name.empty() ? made.run_id : submission.name;
  made.workflow = submission.workflow;
  made.definition_hash = transaction().keep_definition(submission.definition);
  made.input = submission.input;
  made.connections = submission.connections;
  made.started_at = now_;
  row.id = transaction().add(made);
  created_.push_back(row.id);
  workflows_.insert_or_assign(made.definition_hash, parsed);
  auto active = std::make_unique<Active>(row, machine::Execution(parsed, identity_of(made)));
  auto& kept = *active_.insert_or_assign(row.id, std::move(active)).first->second;
  stimulate(kept, machine::Start{});
  return {made.run_id, false};
}

std::string Engine::Core::do_redrive(const std::string& run, const Redrive& redrive) {
  auto row = store_.find(run);
  const auto refuse = [&](const std::string& why, const std::string& hint) {
    throw Error("ORCH-0205", fmt::format("run {} {}", row.made.run_id, why), hint);
  };
  if (row.status == machine::Status::running) return row.made.run_id;
  if (row.status == machine::Status::succeeded)
    refuse("has succeeded; there is nothing to resume", "submit the workflow again for a new run");
  if (redrive.definition) {
    asl::parse_or_throw(*redrive.definition, "the new definition");
    std::set<std::string> completed, entered;
    store_.history(row.id, 0, [&](const machine::Event& event) {
      if (is_state_entered(event.type)) entered.insert(event.name);
      if (is_state_exited(event.type)) completed.insert(event.name);
    });
    const auto conflict = definition_conflict(store_.definition(row.made.definition_hash),
                                              *redrive.definition, completed, entered);
    if (!conflict.empty())
      refuse("cannot go on with this definition:" + conflict,
             "only states that were not completed may change; submit it as a new run otherwise");
    row.made.definition_hash = transaction().keep_definition(*redrive.definition);
    transaction().set_definition(row.id, row.made.definition_hash);
  }
  auto active = std::make_unique<Active>(row, fold(row));
  if (!redrive.from.empty()) {
    const auto& states = workflow(row.made.definition_hash)->flow.states;
    if (!states.contains(redrive.from)) {
      std::vector<std::string> names;
      for (const auto& [name, state] : states) names.push_back(name);
      refuse(fmt::format("has no state \"{}\" in its own flow{}", redrive.from,
                         did_you_mean(redrive.from, names)),
             "`orch graph` shows the states; states of branches and iterations cannot be chosen");
    }
    if (redrive.input.empty() && !active->execution.input_of(redrive.from))
      refuse(fmt::format("never entered the state \"{}\", so its input is unknown", redrive.from),
             "give the input with --input");
  }
  auto& kept = *active_.insert_or_assign(row.id, std::move(active)).first->second;
  created_.push_back(row.id);  // after a failed commit it is not active
  stimulate(kept, machine::Redrive{redrive.from, redrive.input});
  return row.made.run_id;
}

std::string Engine::Core::do_stop(const std::string& run, const std::string& error,
                                  const std::string& cause) {
  const auto row = store_.find(run);
  auto* active = find(row.id);
  if (!active)
    throw Error("ORCH-0205", fmt::format("run {} is not running: it is {}", row.made.run_id,
                                         to_string(row.status)));
  stimulate(*active, machine::Stop{error, cause});
  return row.made.run_id;
}

void Engine::Core::check_resources(const asl::Workflow& workflow) const {
  for (const auto& [name, state] : workflow.by_name) {
    const auto* task = std::get_if<asl::Task>(&state->body);
    if (!task || registry_.find(task->resource)) continue;
    throw Error(
        "ORCH-0204",
        fmt::format("no worker serves the resource \"{}\" of the state \"{}\"{}", task->resource,
                    name, did_you_mean(task->resource, registry_.resources())),
        "nothing was started; the workers' names begin with \"orch:\"");
  }
}

Active* Engine::Core::find(store::ExecutionId id) {
  const auto found = active_.find(id);
  if (found == active_.end()) return nullptr;
  auto& active = *found->second;
  if (std::exchange(active.stale, false)) {
    active.row = store_.find(active.row.made.run_id);
    active.execution = fold(active.row);
  }
  return &active;
}

// Takes up a run that is under way.
Active& Engine::Core::load(const store::ExecutionRow& row) {
  auto loaded = std::make_unique<Active>(row, fold(row));
  auto& active = *active_.insert_or_assign(row.id, std::move(loaded)).first->second;
  for (const auto& task : active.execution.open_tasks()) dispatch_task(active, task);
  for (const auto& timer : active.execution.open_timers())
    timers_.add({timer.due, row.id, timer.timer, Timer::Kind::event});
  if (active.execution.has_more() || active.execution.last_event() == 0) more_.push_back(row.id);
  return active;
}

machine::Execution Engine::Core::fold(const store::ExecutionRow& row) {
  machine::Execution execution(workflow(row.made.definition_hash), identity_of(row.made));
  store_.history(row.id, 0, [&](const machine::Event& event) { execution.evolve(event); });
  return execution;
}

std::shared_ptr<const asl::Workflow> Engine::Core::workflow(const std::string& hash) {
  auto& known = workflows_[hash];
  if (!known) known = asl::parse_or_throw(store_.definition(hash), "the stored definition");
  return known;
}

}  // namespace orch::engine
