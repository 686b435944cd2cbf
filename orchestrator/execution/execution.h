// One run of a workflow as a pure state machine: stimuli in, events out, state by folding events.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/execution/event.h"
#include "orchestrator/execution/status.h"
#include "orchestrator/execution/stimulus.h"

namespace orch::asl {
struct Workflow;
}

namespace orch::execution {

struct Live;

/// What does not change over an execution's life and the context object shows.
struct Identity {
  std::string execution_id;   ///< $$.Execution.Id
  std::string name;           ///< $$.Execution.Name
  std::string workflow_id;    ///< $$.StateMachine.Id
  std::string workflow_name;  ///< $$.StateMachine.Name
  std::string role;           ///< $$.Execution.RoleArn
  bool express = false;       ///< such runs are never redriven
  std::string token_prefix;   ///< of task tokens: tells the engine which execution one is for
  json::Payload input;        ///< text as the caller gave it
  Quotas quotas = {};
};

/// A task that is scheduled and has no result.
struct OpenTask {
  Ticket ticket{};
  std::string state;
  asl::Resource resource;  ///< of a map run its name
  json::Payload parameters;
  std::string token;         ///< returning it completes the task; empty: nothing outside can
  std::int64_t attempt = 0;  ///< from 0
  bool begun = false;
  bool submitted = false;
  bool map_run = false;  ///< the iterations of a distributed Map; parameters: how they are done
  std::optional<std::int64_t> heartbeat_seconds;
  EventId map_run_id = 0;  ///< of its MapRunStarted; the ticket changes with a redrive
  std::optional<Instant> redriven_at = {};
};

struct OpenTimer {
  EventId timer;
  Instant due;
};

/// Deterministic: equal workflow, events and stimuli give equal events, on every machine and in
/// every release. No clock, randomness, I/O or threads. One thread at a time.
class Execution {
 public:
  Execution(std::shared_ptr<const asl::Workflow> workflow, Identity identity);
  ~Execution();
  Execution(Execution&&) noexcept;
  Execution& operator=(Execution&&) noexcept;
  /// The same execution for another thread.
  Execution copy() const;

  /// Decides what `stimulus` makes happen, folds it, and returns the new events in order. A
  /// stimulus for a task or timer that is gone gives none, so delivering one twice is harmless.
  /// Failures of the workflow are events, never exceptions.
  std::vector<Event> decide(const Stimulus& stimulus);

  /// Folds one recorded event. No expression is evaluated.
  void evolve(const Event& event);

  Status status() const;
  /// True when the bound of a turn stopped decide() and a Continue is due.
  bool has_more() const;
  /// The input that `state` of the execution's own flow was last entered with: what a redrive from
  /// there uses by default. Empty when it never was.
  std::optional<json::Payload> input_of(std::string_view state) const;
  EventId last_event() const;
  std::int64_t redrive_count() const;

  /// True while the task has no result and is still wanted.
  bool is_open(Ticket ticket) const;
  std::optional<OpenTask> open_task(Ticket ticket) const;
  std::optional<OpenTask> open_task(const Thread& thread) const;
  /// What a restart dispatches again, in the order of tickets.
  std::vector<OpenTask> open_tasks() const;
  std::vector<OpenTimer> open_timers() const;

  /// Of a map run: how many items there are.
  std::int64_t item_count(Ticket ticket) const;
  /// Of a map run: the input of one iteration, whose item is `outside` or else in the state's
  /// array. Throws EvaluationError.
  json::Payload item_input(const Moment& moment, Ticket ticket, std::int64_t index,
                           const json::Payload* outside = nullptr);

  /// Output when succeeded; error and cause else.
  const json::Payload& output() const;
  const std::optional<std::string>& error() const;
  const std::optional<std::string>& cause() const;

 private:
  explicit Execution(std::unique_ptr<Live> live);

  std::unique_ptr<Live> live_;
};

}  // namespace orch::execution
