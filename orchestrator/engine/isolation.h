// What goes wrong in one run ends there: the run fails with its reason, or is set aside; the turn
// of the others continues.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "orchestrator/engine/executions.h"
#include "orchestrator/engine/own_fault.h"
#include "orchestrator/engine/participant.h"
#include "orchestrator/engine/turn.h"

namespace orch::engine {

/// A decision that throws is undone in memory, and the run ends instead. After any other error the
/// turn is rolled back, the run it belongs to is ended first of all, and everything else is decided
/// again. A run that cannot even be ended is set aside.
class Isolation final : public Participant {
 public:
  Isolation(store::Store& store, Turn& turn, Workflows& workflows, Executions& executions)
      : store_(store), turn_(turn), workflows_(workflows), executions_(executions) {}

  /// Does the work of one run: what it throws is that run's.
  template <class Work>
  void within(store::ExecutionId run, const Work& work);
  /// After an exception in a decision: what the run has come to before it, and then its end.
  std::vector<execution::Event> broken_off(Active& run, const std::string& why);
  /// The events are committed, but not everything follows from them that should: the run is folded
  /// again in the next turn, as after a restart.
  void carry_out_again(store::ExecutionId run, const std::string& why);
  /// Nothing continues it until it is resumed or stopped.
  void set_aside(const store::ExecutionRow& row, const std::string& why);

  void decide() override;
  void write() override;
  void committed() override { doomed_.clear(); }

 private:
  /// A run whose own work threw in a turn that is decided again.
  struct Doomed {
    std::string why;
    int times = 0;  ///< 1: the run is ended; more: that threw too, and the run is set aside
  };

  [[noreturn]] void doom(store::ExecutionId run, const std::string& why);
  std::vector<execution::Event> break_off(Active& run, const std::string& why);
  void record(Active& run);
  void record_outcome(Active& run);

  store::Store& store_;
  Turn& turn_;
  Workflows& workflows_;
  Executions& executions_;
  std::map<store::ExecutionId, Doomed> doomed_;
};

template <class Work>
void Isolation::within(store::ExecutionId run, const Work& work) {
  try {
    work();
  } catch (...) {
    doom(run, own_fault());
  }
}

}  // namespace orch::engine
