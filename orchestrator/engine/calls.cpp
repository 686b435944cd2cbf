// What callers ask for: each call becomes a command of a turn.
#include <set>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/asl/parse.h"
#include "orchestrator/base/error.h"
#include "orchestrator/engine/ask.h"
#include "orchestrator/engine/core.h"
#include "orchestrator/engine/executed_states.h"
#include "orchestrator/engine/family.h"
#include "orchestrator/json/text.h"

namespace orch::engine {
namespace {

void check_json(const std::string& text, const char* what) {
  try {
    json::parse(text);
  } catch (const json::SyntaxError& error) {
    throw Error("ORCH-0003", fmt::format("the {} is not JSON: {}", what, error.what()));
  }
}

// The same submission again is answered with the run that exists.
Submitted existing(const store::ExecutionRow& row, const Submission& submission,
                   const std::string& definition) {
  const char* differs = nullptr;
  if (json::parse(row.made.input) != json::parse(submission.input)) differs = "input";
  // As on the service, where a machine may have been updated since.
  const bool by_name = !submission.service.arn.empty();
  if (!by_name && definition != submission.definition) differs = "definition";
  if (!differs) return {row.made.run_id, true, false};
  throw Error("ORCH-0202",
              fmt::format("the name \"{}\" is taken by run {}, whose {} is another",
                          submission.name, row.made.run_id, differs),
              "choose another --name, or `orch resume` that run");
}

void check_state(const store::ExecutionRow& row, const Redrive& redrive,
                 const asl::Workflow& workflow, const execution::Execution& execution) {
  if (redrive.from.empty()) return;
  const auto& states = workflow.flow.states;
  if (!states.contains(redrive.from)) {
    std::vector<std::string> names;
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

}  // namespace

std::future<Submitted> Engine::Core::start(Submission submission) {
  return ask<Submitted>(
      [this, submission = std::move(submission)] { return do_submit(submission); });
}

std::string Engine::Core::redrive(const std::string& run, const Redrive& redrive) {
  return ask<std::string>([&] { return do_redrive(run, redrive); }).get();
}

std::string Engine::Core::stop(const std::string& run, const std::string& error,
                               const std::string& cause) {
  return ask<std::string>([&] { return do_stop(run, error, cause); }).get();
}

store::ExecutionRow Engine::Core::wait(const std::string& run_id) {
  const auto promise = std::make_shared<std::promise<store::ExecutionRow>>();
  auto future = promise->get_future();
  const auto ended = ask<std::optional<store::ExecutionRow>>([&] {
                       auto row = std::optional(store_.find(run_id));
                       if (!take_up(*row)) return row;
                       waiters_[row->id].insert(promise);
                       return std::optional<store::ExecutionRow>();
                     }).get();
  return ended ? *ended : future.get();
}

void Engine::Core::wait_idle() {
  const auto promise = std::make_shared<std::promise<void>>();
  auto future = promise->get_future();
  const bool idle = ask<bool>([&] {
                      if (!active_.empty()) idle_waiters_.insert(promise);
                      return active_.empty();
                    }).get();
  if (!idle) future.get();
}

void Engine::Core::drain(Millis patience) {
  pool_->close();
  if (!pool_->wait_quiet(patience)) {
    ask<bool>([&] {
      for (auto& [id, active] : active_) {
        for (auto& [ticket, delivery] : active->deliveries) delivery->request_stop();
      }
      return true;
    }).get();
    pool_->wait_quiet(patience);
  }
  ask<bool>([] { return true; }).get();  // everything posted before is committed with this
}

Submitted Engine::Core::do_submit(const Submission& submission) {
  check_json(submission.input, "input");
  if (!submission.request.empty())
    if (const auto row = store_.find_request(submission.request))
      return {row->made.run_id, false, true};
  const auto starter = starter_of(submission);
  if (starter) {
    if (const auto row = store_.find_started(starter->execution, starter->ticket))
      return {row->made.run_id, true, true};
    // A run that nobody waits for would never be stopped.
    auto* active = find(starter->execution);
    if (!active || !active->execution.is_open(execution::Ticket{starter->ticket}))
      throw Error("ORCH-0214", "the task that starts this run is not open any more",
                  "nothing was started: the task has timed out, or its execution has ended");
  }
  const auto hash = store::definition_hash(submission.definition);
  const auto known = workflows_.find(hash);
  const auto parsed = known != workflows_.end()
                          ? known->second
                          : asl::parse_or_throw(submission.definition, submission.workflow);
  if (!submission.name.empty()) {
    if (const auto row = store_.find_name(submission.workflow, submission.name))
      return existing(*row, submission, store_.definition(row->made.definition_hash));
  }
  if (submission.service.arn.empty()) check_resources(*parsed);
  keep_workflow(hash, parsed);
  store::ExecutionRow row;
  auto& made = row.made;
  made.run_id = run_ids_.next(now_);
  made.name = submission.name.empty() ? made.run_id : submission.name;
  made.workflow = submission.workflow;
  made.definition_hash = hash;
  made.input = submission.input;
  made.connections = submission.connections;
  made.started_at = now_;
  made.service = submission.service;
  made.starter = starter;
  made.request = submission.request;
  transaction().keep_definition(hash, submission.definition);
  row.id = transaction().add(made);
  const auto run_id = made.run_id;
  auto execution = blank(row, parsed);
  stimulate(add(std::move(row), std::move(execution)), execution::Start{});
  return {run_id, false, false};
}

std::string Engine::Core::do_redrive(const std::string& run, const Redrive& redrive) {
  auto row = store_.find(run);
  if (!redrive.request.empty() && row.made.request == redrive.request) return row.made.run_id;
  if (row.status == execution::Status::running) return go_on(row, redrive);
  if (row.status == execution::Status::succeeded)
    refuse(row, "has succeeded; there is nothing to resume",
           "submit the workflow again for a new run");
  if (!redrive.input.empty()) check_json(redrive.input, "input");
  // Everything is checked before the first write: a refusal must leave nothing behind.
  auto used = workflow(row.made.definition_hash);
  if (redrive.definition) {
    used = asl::parse_or_throw(*redrive.definition, "the new definition");
    check_definition(row, *redrive.definition);
    check_resources(*used);
    row.made.definition_hash = store::definition_hash(*redrive.definition);
  }
  auto execution = refold(row, used, redrive);
  check_state(row, redrive, *used, execution);
  if (redrive.definition) {
    keep_workflow(row.made.definition_hash, used);
    transaction().keep_definition(row.made.definition_hash, *redrive.definition);
    transaction().set_definition(row.id, row.made.definition_hash);
  }
  const auto run_id = row.made.run_id;
  bring_along(row, redrive);
  claim_again(row);
  auto& active = add(std::move(row), std::move(execution));
  stimulate(active, execution::Redrive{redrive.from, redrive.input});
  return run_id;
}

// A corrected definition may be unable to carry the recorded history in ways that comparing states
// does not show.
execution::Execution Engine::Core::refold(const store::ExecutionRow& row,
                                          const std::shared_ptr<const asl::Workflow>& workflow,
                                          const Redrive& redrive) {
  try {
    return fold(row, workflow);
  } catch (const Error& error) {
    if (!redrive.definition || error.code() != "ORCH-0206") throw;
    refuse(row, std::string("cannot go on with this definition: ") + error.what(),
           "only states that were not completed may change; submit it as a new run otherwise");
  }
}

void Engine::Core::check_definition(const store::ExecutionRow& row, const std::string& text) {
  std::set<std::string> completed, entered;
  store_.history(row.id, 0, [&](const execution::Event& event) {
    if (is_state_entered(event.type)) entered.insert(event.name);
    if (is_state_exited(event.type)) completed.insert(event.name);
  });
  const auto conflict =
      definition_conflict(store_.definition(row.made.definition_hash), text, completed, entered);
  if (!conflict.empty())
    refuse(row, "cannot go on with this definition:" + conflict,
           "only states that were not completed may change; submit it as a new run otherwise");
}

std::string Engine::Core::do_stop(const std::string& run, const std::string& error,
                                  const std::string& cause) {
  const auto row = store_.find(run);
  if (row.status != execution::Status::running)
    refuse(row, fmt::format("is not running: it is {}", to_string(row.status)), "");
  if (row.set_aside) return stop_aside(row, {error, cause});
  const bool rested = wake(row);
  stimulate(*find(row.id), execution::Stop{error, cause});
  // The parts of a run that has rested do not move before they end.
  for (const auto& part : rested ? parts_of(store_, row) : std::vector<store::ExecutionRow>())
    stimulate(*find(part.id), execution::Stop{"", ""});
  return row.made.run_id;
}

void Engine::Core::check_resources(const asl::Workflow& workflow) const {
  for (const auto& [name, state] : workflow.by_name) {
    const auto* task = std::get_if<asl::Task>(&state->body);
    // A definition written for AWS names what a bindings file or a client provides.
    if (!task || task->resource.text.starts_with("arn:")) continue;
    if (registry_.find(task->resource.text)) continue;
    throw Error("ORCH-0204",
                fmt::format("no worker serves the resource \"{}\" of the state \"{}\"{}",
                            task->resource.text, name,
                            did_you_mean(task->resource.text, registry_.resources())),
                "nothing was started; the workers' names begin with \"orch:\"");
  }
}

}  // namespace orch::engine
