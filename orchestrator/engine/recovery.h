// The start of an engine: runs that were under way continue.
#pragma once

#include <vector>

#include "orchestrator/engine/runs.h"

namespace orch::engine {

/// Takes up the runs under way, each folded from its history: their open tasks are delivered again,
/// their timers set. A paused run rests, and with it the runs that are parts of it. One that cannot
/// be taken up is set aside, and so is one that was being decided when process after process died.
class Recovery {
 public:
  explicit Recovery(Runs& runs) : runs_(runs) {}

  /// Before the first turn.
  void run();

 private:
  std::vector<store::ExecutionRow> running();
  void look_back(std::vector<store::ExecutionRow>& running);
  bool take_up(const store::ExecutionRow& row);
  void leave_out(const store::ExecutionRow& row);

  Runs& runs_;
};

}  // namespace orch::engine
