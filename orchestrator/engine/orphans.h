// Runs under way that no other run waits for any longer.
#pragma once

#include <utility>
#include <vector>

#include "orchestrator/engine/participant.h"
#include "orchestrator/engine/runs.h"

namespace orch::engine {

/// Stops parts of runs: iterations of map runs that are over, executions whose task is closed. It
/// decides before commands do, so that a redrive finds them stopped.
class Orphans final : public Participant {
 public:
  explicit Orphans(Runs& runs) : runs_(runs) {}

  void add(store::ExecutionId run) { alone_.push_back(run); }
  void add_children(store::ExecutionId parent, execution::EventId map_run) {
    map_runs_.emplace_back(parent, map_run);
  }
  /// In this turn.
  void stop_children(store::ExecutionId parent, execution::EventId map_run);

  void decide() override;
  void committed() override;
  bool has_work() const override { return !alone_.empty() || !map_runs_.empty(); }

 private:
  void stop(store::ExecutionId run);

  Runs& runs_;
  std::vector<store::ExecutionId> alone_;
  /// All children of these map runs.
  std::vector<std::pair<store::ExecutionId, execution::EventId>> map_runs_;
};

}  // namespace orch::engine
