#include "orchestrator/engine/controls.h"

#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "orchestrator/asl/parse.h"
#include "orchestrator/base/error.h"
#include "orchestrator/engine/executed_states.h"
#include "orchestrator/engine/family.h"
#include "orchestrator/engine/folding.h"
#include "orchestrator/engine/submissions.h"

namespace orch::engine {
namespace {

constexpr const char* may_change =
    "only states that were not completed may change; submit it as a new run otherwise";

void check_state(const store::ExecutionRow& row, const Redrive& redrive,
                 const asl::Workflow& workflow, const execution::Execution& execution) {
  if (redrive.from.empty() && !redrive.input.empty())
    refuse(row, "was given an input, but no state that gets it",
           "--from STATE (`from` under /v1) names the state");
  if (redrive.from.empty()) return;
  const auto& states = workflow.flow.states;
  if (!states.contains(redrive.from)) {
    std::vector<std::string> names;
    names.reserve(states.size());
    for (const auto& [name, state] : states) names.push_back(name);
    refuse(row,
           fmt::format("has no state \"{}\" in its own flow{}", redrive.from,
                       did_you_mean(redrive.from, names)),
           "`orch graph` shows the states; states of branches and iterations cannot be chosen");
  }
  if (redrive.input.empty() && !execution.input_of(redrive.from))
    refuse(row,
           fmt::format("never entered the state \"{}\", so its input is unknown", redrive.from),
           "give the input with --input");
}

void check_definition(store::Store& store, const store::ExecutionRow& row,
                      const std::string& definition) {
  std::set<std::string> completed, entered;
  store.history(row.id, 0, [&](const execution::Event& event) {
    if (is_state_entered(event.type)) entered.insert(event.name);
    if (is_state_exited(event.type)) completed.insert(event.name);
  });
  const auto conflict = definition_conflict(store.definition(row.made.definition_hash), definition,
                                            completed, entered);
  if (!conflict.empty())
    refuse(row, "cannot continue with this definition:" + conflict, may_change);
}

}  // namespace

std::string Controls::redrive(const std::string& run, const Redrive& redrive) {
  return commands_.ask<std::string>([&] { return go_on_with(run, redrive); }).get();
}

std::string Controls::stop(const std::string& run, const std::string& error,
                           const std::string& cause) {
  return commands_.ask<std::string>([&] { return end(run, {error, cause}); }).get();
}

void Controls::pause(const std::string& run) {
  commands_.tell([&] {
    const auto row = runs_.store.find(run);
    if (row.status == execution::Status::running)
      runs_.turn.transaction().set_paused(row.id, runs_.turn.now());
  });
}

std::string Controls::go_on_with(const std::string& run, const Redrive& redrive) {
  auto row = runs_.store.find(run);
  if (!redrive.request.empty() && row.made.request == redrive.request) return row.made.run_id;
  if (row.status == execution::Status::running) return go_on_running(std::move(row), redrive);
  if (row.status == execution::Status::succeeded)
    refuse(row, "has succeeded; there is nothing to resume",
           "submit the workflow again for a new run");
  return go_on_ended(std::move(row), redrive);
}

// Everything is checked before the first write: a refusal must leave nothing behind.
std::string Controls::go_on_ended(store::ExecutionRow row, const Redrive& redrive) {
  if (!redrive.input.empty()) check_json(redrive.input, "input");
  const auto workflow = redrive.definition ? corrected(row, *redrive.definition)
                                           : runs_.workflows.get(row.made.definition_hash);
  auto execution = fold(row, workflow, redrive);
  check_state(row, redrive, *workflow, execution);
  if (redrive.definition) {
    const auto& hash = row.made.definition_hash;
    runs_.workflows.keep(hash, workflow);
    runs_.turn.transaction().keep_definition(hash, *redrive.definition);
    runs_.turn.transaction().set_definition(row.id, hash);
  }
  auto run_id = row.made.run_id;
  bring_along(row, redrive);
  claiming_.claim_again(row);
  runs_.decisions.stimulate(runs_.executions.add(std::move(row), std::move(execution)),
                            execution::Redrive{redrive.from, redrive.input});
  return run_id;
}

// The definition that takes the place of the run's.
Controls::Workflow Controls::corrected(store::ExecutionRow& row, const std::string& definition) {
  auto workflow = asl::parse_or_throw(definition, "the new definition");
  check_definition(runs_.store, row, definition);
  check_resources(*workflow, registry_);
  row.made.definition_hash = store::definition_hash(definition);
  return workflow;
}

// A corrected definition may be unable to carry the recorded history in ways that comparing states
// does not show.
execution::Execution Controls::fold(const store::ExecutionRow& row, const Workflow& workflow,
                                    const Redrive& redrive) {
  try {
    return runs_.workflows.fold(row, workflow);
  } catch (const Error& error) {
    if (!redrive.definition || error.code() != "ORCH-0206") throw;
    refuse(row, std::string("cannot continue with this definition: ") + error.what(), may_change);
  }
}

// Of a run that has not ended: what is paused is taken up, what is under way stays as it is.
std::string Controls::go_on_running(store::ExecutionRow row, const Redrive& redrive) {
  const bool other_files =
      !redrive.catalog.empty() ||
      (!redrive.connections.empty() && redrive.connections != row.made.connections);
  const bool other_flow = !redrive.from.empty() || !redrive.input.empty() || redrive.definition;
  if (other_flow || (other_files && !row.paused_at))
    refuse(row,
           row.paused_at ? "is paused; it continues with its own input and definition"
                         : "is under way; it continues by itself, as it was started",
           "`orch stop` it first, then resume it with what is to change");
  if (row.paused_at) bring_along(row, redrive);
  if (auto* active = runs_.executions.find(row.id)) {  // paused and resumed in one process
    active->row.made.connections = row.made.connections;
    active->row.catalog = row.catalog;
    active->row.resumes = row.resumes;
  }
  wake(row);
  return row.made.run_id;
}

// What a resume changes in the row of its run.
void Controls::bring_along(store::ExecutionRow& row, const Redrive& redrive) {
  if (!redrive.connections.empty()) row.made.connections = redrive.connections;
  if (!redrive.catalog.empty()) row.catalog = redrive.catalog;
  row.made.request = redrive.request;
  ++row.resumes;
  runs_.turn.transaction().set_resumed(row);
}

// After this the run is under way in memory, with its parts. True when it was not before.
bool Controls::wake(const store::ExecutionRow& row) {
  const auto paused = paused_elder(runs_.store, row);
  if (paused && paused->id != row.id)
    refuse(row, fmt::format("is a part of run {}, which is paused", paused->made.run_id),
           fmt::format("`orch resume {}` continues both", paused->made.run_id));
  if (paused) runs_.turn.transaction().set_paused(row.id, std::nullopt);
  auto& executions = runs_.executions;
  if (executions.find(row.id)) return false;
  claiming_.claim_again(row);
  executions.load(row);
  for (const auto& part : parts_of(runs_.store, row))
    if (!executions.find(part.id)) executions.load(part);
  store::ListFilter running;
  running.status = execution::Status::running;
  running.limit = -1;
  running.children = true;
  std::set<store::ExecutionId> known;
  for (const auto& each : runs_.store.list(running)) known.insert(each.id);
  runs_.followers.recovered(known);
  return true;
}

std::string Controls::end(const std::string& run, const execution::Stop& reason) {
  const auto row = runs_.store.find_unchecked(run);
  if (row.status != execution::Status::running)
    refuse(row, fmt::format("is not running: it is {}", to_string(row.status)), "");
  if (row.set_aside) {
    end_set_aside(row, reason);
    return row.made.run_id;
  }
  bool rested = false;
  try {
    rested = wake(row);
  } catch (const Error& damage) {
    if (damage.code() != "ORCH-0206" || runs_.executions.known(row.id)) throw;
    end_set_aside(row, reason);
    return row.made.run_id;
  }
  runs_.decisions.stimulate(*runs_.executions.find(row.id), reason);
  if (!rested) return row.made.run_id;
  // The parts of a run that has rested do not move before they end.
  for (const auto& part : parts_of(runs_.store, row))
    runs_.decisions.stimulate(*runs_.executions.find(part.id), execution::Stop{"", ""});
  return row.made.run_id;
}

// What made it be set aside must not keep it from being ended.
void Controls::end_set_aside(const store::ExecutionRow& row, const execution::Stop& reason) {
  end_at_rest(row, reason);
  for (const auto& part : parts_of(runs_.store, row)) {
    if (auto* active = runs_.executions.find(part.id))
      runs_.decisions.stimulate(*active, execution::Stop{"", ""});
    else
      end_at_rest(part, {"", ""});
  }
}

void Controls::end_at_rest(store::ExecutionRow row, const execution::Stop& reason) {
  std::vector<execution::Event> events;
  try {
    auto execution = runs_.workflows.fold(row);
    events = execution.decide(runs_.turn.stimulus(reason));
    take_outcome(execution, runs_.turn.now(), row);
  } catch (...) {
    own_fault();
    abort_unread(reason, runs_.turn.now(), row);
  }
  if (!events.empty()) runs_.turn.transaction().append(row.id, events);
  runs_.turn.transaction().set_outcome(row);
  if (told_of_ends_) told_of_ends_(row);
}

}  // namespace orch::engine
