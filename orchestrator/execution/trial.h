// One state tried alone, between an input and what comes of it. As pure as Execution.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "orchestrator/asl/definition.h"
#include "orchestrator/asl/failure.h"
#include "orchestrator/execution/execution.h"

namespace orch::execution {

struct TrialSetup {
  std::string state;  ///< name, wherever it stands in the workflow
  json::Payload input;
  std::map<std::string, json::Payload, std::less<>> variables;
  std::optional<json::Payload> context;  ///< stands in for the context object
  std::string shown_state;               ///< its name in the context object; empty: its own
  std::int64_t retries = 0;              ///< that each retrier has used up
  Instant at;
  std::uint64_t seed = 0;
};

/// What the state made of its data on the way, by the names that TestState has for it
/// ("afterInputPath", "result", …), and which handler took its failure.
struct Inspection {
  std::map<std::string, json::Payload, std::less<>> data;
  std::optional<std::int64_t> retry_index;
  std::optional<Millis> retry_backoff;  ///< unset when the retrier is used up
  std::optional<std::int64_t> catch_index;
};

enum class TrialStatus : std::uint8_t { open, succeeded, failed, retriable, caught_error };

struct TrialOutcome {
  TrialStatus status = TrialStatus::open;
  std::optional<json::Payload> output;
  std::optional<std::string> error;
  std::optional<std::string> cause;
  std::optional<std::string> next_state;
};

/// Enters the state at once. A state whose work is done elsewhere (Task, Parallel, Map) stays open
/// until give() or fail().
class Trial {
 public:
  /// `setup.state` must be a state of `workflow`.
  Trial(std::shared_ptr<const asl::Workflow> workflow, Identity identity, TrialSetup setup);
  ~Trial();
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;

  const asl::State& state() const;
  /// The task that the open state has scheduled.
  std::optional<OpenTask> open_task() const;
  void give(const json::Payload& result);
  void fail(const asl::Failure& failure);
  const TrialOutcome& outcome() const { return outcome_; }
  const Inspection& inspection() const { return inspection_; }

 private:
  template <class Act>
  void act(Act act);

  TrialSetup setup_;
  std::unique_ptr<Live> live_;
  Inspection inspection_;
  TrialOutcome outcome_;
};

}  // namespace orch::execution
