// What StartExecution and StartSyncExecution ask for, by clients and by tasks. Internal to service.
#pragma once

#include <functional>
#include <string>

#include "orchestrator/stepfunctions/desk.h"

namespace orch::stepfunctions {

/// Where a start finds the state machine, and what its run gets.
struct Starting {
  store::Store& store;
  const Options& options;
  const Place& place;
};

/// Throws Error ORCH-0202 when the name is taken.
using Submit = std::function<engine::Submitted(const engine::Submission&)>;

/// StartExecution: of either type of machine.
Object start_execution(Parameters& in, const Starting& starting, const Submit& submit);
/// The run that StartSyncExecution has started, by its id.
std::string start_express(Parameters& in, const Starting& starting, const Submit& submit);

/// Throws ServiceError InvalidExecutionInput when it is no JSON.
void check_input(const std::string& input);

}  // namespace orch::stepfunctions
