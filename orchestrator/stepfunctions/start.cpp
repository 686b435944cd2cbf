#include "orchestrator/stepfunctions/start.h"

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/json/text.h"
#include "orchestrator/stepfunctions/resolve.h"
#include "orchestrator/stepfunctions/syntax.h"
#include "orchestrator/stepfunctions/words.h"
#include "orchestrator/store/pipelines.h"

namespace orch::stepfunctions {
namespace {

constexpr Length input_length{0, 262'144};

[[noreturn]] void refuse_taken(const std::string& arn) {
  throw ServiceError("ExecutionAlreadyExists", fmt::format("Execution Already Exists: '{}'", arn));
}

// A pipeline is a state machine of its name: who starts one runs the other.
void belong_to_pipeline(engine::Submission& made, store::Store& store) {
  const auto pipeline = store.pipelines().find(made.workflow);
  if (!pipeline) return;
  made.connections = pipeline->revision.connections;
  made.pipeline = {made.workflow, pipeline->revision.number, "api", "api", wall_now()};
}

engine::Submission read_start(Parameters& in, const Starting& starting) {
  const auto arn = in.required("stateMachineArn", arn_length);
  const auto name = in.text("name", {1, 80});
  auto input = in.text_or("input", "{}", input_length);
  auto trace = in.text_or("traceHeader", "", {0, 256});
  in.check();
  if (name) check_name(*name);
  parse_machine_arn(arn);
  check_input(input);
  const auto target = resolve(starting.store.machines(), arn);
  const auto& machine = target.machine;
  engine::Submission made;
  made.name = name ? *name : new_uuid();
  made.workflow = machine.name;
  made.definition_hash = target.revision().definition_hash;
  made.input = std::move(input);
  made.connections = starting.options.connections;
  belong_to_pipeline(made, starting.store);
  auto& service = made.service;
  service.machine_arn = starting.place.machine(machine.name);
  service.role = target.revision().role;
  service.trace_header = std::move(trace);
  service.alias = target.alias;
  if (machine.id > 0) service.revision = target.revision().id;
  if (target.version) service.version = target.version->number;
  service.express = machine.express;
  if (!service.express) {
    service.arn = starting.place.execution(made.workflow, made.name);
    return made;
  }
  // Express executions may share names: the id tells them apart.
  const auto id = new_uuid();
  service.arn = starting.place.express(made.workflow, made.name, id);
  made.name += ":" + id;
  return made;
}

// The engine's word for a taken name is the service's.
engine::Submitted submitted(const engine::Submission& submission, const Submit& submit) {
  try {
    return submit(submission);
  } catch (const Error& error) {
    if (error.code() != "ORCH-0202") throw;
    refuse_taken(submission.service.arn);
  }
}

}  // namespace

void check_input(const std::string& input) {
  std::string why = "Invalid execution input.";
  if (input.find_first_not_of(" \t\r\n") != std::string::npos) {
    try {
      json::parse(input);
      return;
    } catch (const json::SyntaxError& error) {
      const auto fault = explain_syntax(input);
      why = fault ? fault->message : error.what();
    }
  }
  throw ServiceError("InvalidExecutionInput",
                     fmt::format("Invalid State Machine Execution Input: '{}'", why));
}

Object start_execution(Parameters& in, const Starting& starting, const Submit& submit) {
  const auto wanted = read_start(in, starting);
  const auto& arn = wanted.service.arn;
  const auto made = submitted(wanted, submit);
  if (!made.declined.empty())
    throw ServiceError(
        "ExecutionLimitExceeded",
        fmt::format("The pipeline {} starts no run now: {}", wanted.workflow, made.declined));
  if (made.existed && !made.again && !made.running) refuse_taken(arn);
  return {{"executionArn", made.arn.empty() ? arn : made.arn},
          {"startDate", epoch_seconds(made.started_at)}};
}

std::string start_express(Parameters& in, const Starting& starting, const Submit& submit) {
  const auto wanted = read_start(in, starting);
  if (!wanted.service.express)
    throw ServiceError("StateMachineTypeNotSupported",
                       "This operation is not supported by this type of state machine");
  return submitted(wanted, submit).run_id;
}

}  // namespace orch::stepfunctions
