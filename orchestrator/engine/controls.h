// What callers do with runs that exist: resume, stop, pause.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "orchestrator/engine/claiming.h"
#include "orchestrator/engine/engine.h"
#include "orchestrator/engine/runs.h"
#include "orchestrator/execution/execution.h"

namespace orch::engine {

class Controls {
 public:
  Controls(Runs& runs, Claiming& claiming, Commands& commands, const workers::Registry& registry)
      : runs_(runs), claiming_(claiming), commands_(commands), registry_(registry) {}

  /// As those of the engine. Thread-safe.
  std::string redrive(const std::string& run, const Redrive& redrive);
  std::string stop(const std::string& run, const std::string& error, const std::string& cause);
  void pause(const std::string& run);

  /// stop() in the turn under way.
  std::string end(const std::string& run, const execution::Stop& reason);
  /// Calls `told` with each run that is ended at rest, whose end no follower sees.
  void tell_of_ends(std::function<void(const store::ExecutionRow&)> told) {
    told_of_ends_ = std::move(told);
  }

 private:
  using Workflow = std::shared_ptr<const asl::Workflow>;

  std::string go_on_with(const std::string& run, const Redrive& redrive);
  std::string go_on_ended(store::ExecutionRow row, const Redrive& redrive);
  std::string go_on_running(store::ExecutionRow row, const Redrive& redrive);
  Workflow corrected(store::ExecutionRow& row, const std::string& definition);
  execution::Execution fold(const store::ExecutionRow& row, const Workflow& workflow,
                            const Redrive& redrive);
  void bring_along(store::ExecutionRow& row, const Redrive& redrive);
  bool wake(const store::ExecutionRow& row);

  void end_set_aside(const store::ExecutionRow& row, const execution::Stop& reason);
  void end_at_rest(store::ExecutionRow row, const execution::Stop& reason);

  Runs& runs_;
  Claiming& claiming_;
  Commands& commands_;
  const workers::Registry& registry_;
  std::function<void(const store::ExecutionRow&)> told_of_ends_;
};

}  // namespace orch::engine
