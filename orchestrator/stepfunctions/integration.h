// The API as Task states call it: states:startExecution and aws-sdk:sfn:….
#pragma once

#include <memory>

#include "orchestrator/engine/nested_starts.h"
#include "orchestrator/engine/watchers.h"
#include "orchestrator/stepfunctions/service.h"
#include "workers/worker.h"

namespace orch::stepfunctions {

/// The service's operations as a worker. It can be registered before there is a service: what
/// calls it meanwhile waits.
class Integration {
 public:
  Integration();
  ~Integration();

  /// Both must outlive the engine whose workers these are; it tells `watchers` what happens.
  void connect(Service& service, engine::Watchers& watchers);
  /// Serves arn:aws:states:::aws-sdk:sfn:OPERATION, and for tasks of no run (TestState) and what
  /// bindings hand on arn:aws:states:::states:startExecution. A second delivery of a task starts
  /// nothing again.
  void add_workers(workers::Registry& registry) const;

 private:
  struct Line;
  std::shared_ptr<Line> line_;
};

/// What tasks of states:startExecution ask for, of the state machines in the store at this URL.
std::shared_ptr<engine::NestedStarts> starts_for_tasks(const std::string& store, Options options);

}  // namespace orch::stepfunctions
