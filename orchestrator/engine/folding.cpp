#include "orchestrator/engine/folding.h"

#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/fault.h"

namespace orch::engine {
namespace {

execution::Identity identity_of(const store::NewExecution& made, const Options& options) {
  const auto& service = made.service;
  execution::Identity identity;
  identity.execution_id = store::execution_arn(made);
  // Express executions may share names; behind the colon stands what tells them apart.
  identity.name = service.express ? made.name.substr(0, made.name.find(':')) : made.name;
  identity.workflow_id = store::machine_arn(made);
  identity.workflow_name = made.workflow;
  identity.role = service.role;
  identity.express = service.express;
  if (!service.arn.empty()) identity.quotas = options.service_quotas;
  identity.token_prefix = made.run_id;
  identity.input = json::Payload::of_text(made.input);
  return identity;
}

}  // namespace

execution::Execution blank(const store::ExecutionRow& row,
                           std::shared_ptr<const asl::Workflow> workflow, const Options& options) {
  store::require_sound(row);
  return {std::move(workflow), identity_of(row.made, options)};
}

execution::Execution fold(store::Store& store, const store::ExecutionRow& row,
                          std::shared_ptr<const asl::Workflow> workflow, const Options& options) {
  fault::point("engine.fold");
  auto execution = blank(row, std::move(workflow), options);
  store.history(row.id, 0, [&](const execution::Event& event) {
    try {
      execution.evolve(event);
    } catch (const Error&) {
      throw;
    } catch (const std::exception& error) {
      store::refuse_damaged(fmt::format("event {} of run {} does not fit its definition: {}",
                                        event.id, row.made.run_id, error.what()));
    }
  });
  return execution;
}

void abort_unread(const execution::Stop& reason, Instant at, store::ExecutionRow& row) {
  row.status = execution::Status::aborted;
  if (!reason.error.empty()) row.error = reason.error;
  row.cause = reason.cause.empty() ? row.set_aside : reason.cause;
  row.ended_at = at;
}

void take_outcome(const execution::Execution& execution, Instant at, store::ExecutionRow& row) {
  row.status = execution.status();
  row.redrive_count = execution.redrive_count();
  row.error = execution.error();
  row.cause = execution.cause();
  row.output.reset();
  row.ended_at.reset();
  if (row.status != execution::Status::running) row.ended_at = at;
  if (row.status == execution::Status::succeeded) row.output = execution.output().text();
}

}  // namespace orch::engine
