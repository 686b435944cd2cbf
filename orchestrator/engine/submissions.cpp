#include "orchestrator/engine/submissions.h"

#include <utility>

#include <fmt/format.h>

#include "orchestrator/asl/parse.h"
#include "orchestrator/base/error.h"
#include "orchestrator/json/text.h"

namespace orch::engine {
namespace {

Submitted told(const store::ExecutionRow& row, bool existed, bool again) {
  const auto& made = row.made;
  return {made.run_id,      existed,         again,
          made.service.arn, made.started_at, row.status == execution::Status::running};
}

// The same submission again is answered with the run that exists.
Submitted existing(const store::ExecutionRow& row, const Submission& submission,
                   const std::string& definition) {
  const char* differs = nullptr;
  if (json::parse(row.made.input) != json::parse(submission.input)) differs = "input";
  // As on the service, where a machine may have been updated since.
  const bool by_name = !submission.service.arn.empty();
  if (!by_name && definition != submission.definition) differs = "definition";
  if (!differs) return told(row, true, false);
  throw Error("ORCH-0202",
              fmt::format("the name \"{}\" is taken by run {}, whose {} is another",
                          submission.name, row.made.run_id, differs),
              "choose another --name, or `orch resume` that run");
}

}  // namespace

void check_json(const std::string& text, const char* what) {
  try {
    json::parse(text);
  } catch (const json::SyntaxError& error) {
    throw Error("ORCH-0003", fmt::format("the {} is not JSON: {}", what, error.what()));
  }
}

void check_resources(const asl::Workflow& workflow, const workers::Registry& registry) {
  for (const auto& [name, state] : workflow.by_name) {
    const auto* task = std::get_if<asl::Task>(&state->body);
    // A definition written for AWS names what a bindings file or a client provides.
    if (!task || task->resource.text.starts_with("arn:")) continue;
    if (registry.find(task->resource.text)) continue;
    throw Error("ORCH-0204",
                fmt::format("no worker serves the resource \"{}\" of the state \"{}\"{}",
                            task->resource.text, name,
                            did_you_mean(task->resource.text, registry.resources())),
                "nothing was started; the workers' names begin with \"orch:\"");
  }
}

std::future<Submitted> Submissions::start(Submission submission) {
  try {
    check_json(submission.input, "input");  // here: a large one takes long
  } catch (const Error&) {
    std::promise<Submitted> refused;
    refused.set_exception(std::current_exception());
    return refused.get_future();
  }
  return commands_.ask<Submitted>(
      [this, submission = std::move(submission)] { return submit(submission); });
}

Submitted Submissions::submit(const Submission& submission) {
  if (!submission.request.empty())
    if (const auto row = runs_.store.find_request(submission.request))
      return told(*row, false, true);
  const auto starter = link_of(submission);
  if (starter) {
    if (const auto row = runs_.store.find_started(starter->execution, starter->ticket))
      return told(*row, true, true);
    check_open(*starter);
  }
  return make(submission, starter);
}

Submitted Submissions::start_for(const store::StarterLink& starter, const Submission& submission) {
  if (const auto row = runs_.store.find_started(starter.execution, starter.ticket))
    return told(*row, true, true);
  return make(submission, starter);
}

Submissions::Definition Submissions::definition_of(const Submission& submission) {
  if (!submission.definition_hash.empty())
    return {submission.definition_hash, runs_.workflows.get(submission.definition_hash)};
  Definition made{store::definition_hash(submission.definition), nullptr};
  made.workflow = runs_.workflows.known(made.hash);
  if (!made.workflow)
    made.workflow = asl::parse_or_throw(submission.definition, submission.workflow);
  return made;
}

Submitted Submissions::make(const Submission& submission,
                            const std::optional<store::StarterLink>& starter) {
  auto [hash, workflow] = definition_of(submission);
  if (!submission.name.empty()) {
    if (const auto row = runs_.store.find_name(submission.workflow, submission.name))
      return existing(*row, submission, runs_.store.definition(row->made.definition_hash));
  }
  if (submission.service.arn.empty()) check_resources(*workflow, registry_);
  runs_.workflows.keep(hash, workflow);
  store::ExecutionRow row;
  auto& made = row.made;
  made.run_id = runs_.turn.new_run_id();
  made.name = submission.name.empty() ? made.run_id : submission.name;
  made.workflow = submission.workflow;
  made.definition_hash = hash;
  made.input = submission.input;
  made.connections = submission.connections;
  made.started_at = runs_.turn.now();
  made.service = submission.service;
  made.starter = starter;
  made.request = submission.request;
  made.pipeline = submission.pipeline;
  if (submission.definition_hash.empty())
    runs_.turn.transaction().keep_definition(hash, submission.definition);
  row.id = runs_.turn.transaction().add(made);
  runs_.turn.brings(row.id, 0);
  auto submitted = told(row, false, false);
  auto execution = runs_.workflows.blank(row, workflow);
  runs_.decisions.stimulate(runs_.executions.add(std::move(row), std::move(execution)),
                            execution::Start{});
  return submitted;
}

// Nothing is started for a task whose run has gone on without it.
void Submissions::check_open(const store::StarterLink& starter) {
  auto* run = runs_.executions.find(starter.execution);
  if (!run || !run->execution.is_open(execution::Ticket{starter.ticket}))
    throw Error("ORCH-0214", "the task that starts this run is no longer open",
                "nothing was started: the task has timed out, or its execution has ended");
}

bool Submissions::is_known(const Submission& submission,
                           const std::optional<store::StarterLink>& starter) {
  auto& store = runs_.store;
  if (!submission.request.empty() && store.find_request(submission.request)) return true;
  const auto link = starter ? starter : link_of(submission);
  if (link && store.find_started(link->execution, link->ticket)) return true;
  return store.find_name(submission.workflow, submission.name).has_value();
}

std::optional<store::ExecutionId> Submissions::starter_of(const Submission& submission) {
  if (const auto link = link_of(submission)) return link->execution;
  return std::nullopt;
}

std::optional<store::StarterLink> Submissions::link_of(const Submission& submission) {
  if (!submission.starter) return std::nullopt;
  const auto& starter = *submission.starter;
  return store::StarterLink{runs_.store.find(starter.run).id, starter.ticket, false};
}

}  // namespace orch::engine
