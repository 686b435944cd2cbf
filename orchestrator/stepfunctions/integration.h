// The API as Task states call it: states:startExecution and aws-sdk:sfn:….
#pragma once

#include <memory>

#include "orchestrator/stepfunctions/service.h"
#include "workers/worker.h"

namespace orch::stepfunctions {

/// The service's operations as a worker. It can be registered before there is a service: what
/// calls it meanwhile waits.
class Integration {
 public:
  Integration();
  ~Integration();

  /// `service` must outlive the engine whose workers these are.
  void connect(Service& service);
  /// Serves arn:aws:states:::states:startExecution[.sync|.sync:2|.waitForTaskToken] and
  /// arn:aws:states:::aws-sdk:sfn:OPERATION. A second delivery of a task starts nothing again.
  void add_workers(workers::Registry& registry) const;

 private:
  struct Line;
  std::shared_ptr<Line> line_;
};

}  // namespace orch::stepfunctions
