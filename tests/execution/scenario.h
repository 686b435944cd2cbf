// Drives an execution through a script of stimuli, as golden histories and property tests need it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "orchestrator/execution/execution.h"

namespace orch::test {

/// One run under test. Before every stimulus the execution is built anew by folding the recorded
/// events, so each decision is one that a restarted process would make too.
class Scenario {
 public:
  Scenario(const std::string& definition, const std::string& input);

  /// Delivers `what` at `at_ms` after the start, then Continue for as long as there is more.
  void stimulate(std::int64_t at_ms, decltype(execution::Stimulus::what) what);
  /// The open task of `state`; of several, the one with the lowest ticket. Throws when none is.
  execution::Ticket ticket(const std::string& state) const;
  /// The timer that is due first.
  execution::OpenTimer first_timer() const;

  /// A fresh execution that has folded all events.
  execution::Execution folded() const { return with(events_); }
  /// Likewise of other events.
  execution::Execution with(const std::vector<execution::Event>& events) const;
  const std::vector<execution::Event>& events() const { return events_; }

 private:
  std::shared_ptr<const asl::Workflow> workflow_;
  std::string input_;
  std::vector<execution::Event> events_;
};

/// Start of all scenarios: 2026-01-01T00:00:00Z.
Instant start_instant();

/// "7 <- 6 +1500 TaskScheduled Copy {…}": one line a person can read.
std::string describe(const execution::Event& event);

}  // namespace orch::test
