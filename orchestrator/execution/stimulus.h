// What the world says to an execution. The engine stamps each with time and a random seed, once.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <variant>

#include "orchestrator/asl/failure.h"
#include "orchestrator/base/secret.h"
#include "orchestrator/execution/event.h"

namespace orch::execution {

struct Start {};
/// A worker has begun the task.
struct TaskBegun {
  Ticket ticket;
  std::string worker = {};  ///< of an activity: the name it gave
};
/// The service has taken the task over; its result comes by token or when its job ends.
struct TaskSubmitted {
  Ticket ticket;
  json::Payload output;
};
struct TaskDone {
  Ticket ticket;
  json::Payload output;
};
struct TaskBroken {
  Ticket ticket;
  asl::Failure failure;
  bool has_error = true;  ///< who returns a token need not say what went wrong
  bool has_cause = true;
};
/// The worker has been silent for longer than HeartbeatSeconds.
struct HeartbeatMissed {
  Ticket ticket;
};
/// The timer that started with event `timer` (Event::due) is due.
struct TimerDue {
  EventId timer;
};
struct Stop {
  std::string error;
  std::string cause;
};
/// Continue a failed, timed-out or aborted execution.
struct Redrive {
  std::string from;   ///< name of a state of the execution's own flow; empty: what failed
  std::string input;  ///< JSON text for the state `from`; empty: the recorded one
};
/// Go on where the bound of one turn stopped.
struct Continue {};
/// What follows cannot be decided: the execution ends as failed. Nothing of it is evaluated.
struct Break {
  asl::Failure failure;
};

/// ARNs of activities.
using ActivityNames = std::set<std::string>;

/// When something is decided, and what the decision may use beside the run's own state.
struct Moment {
  Instant at;
  std::uint64_t seed = 0;
  Secret secret = {};  ///< what task tokens are made of; it must stay unknown
  /// Activities of the definition that do not exist: a task of one fails. Null: all exist. What
  /// followed from it is in the history, so it is not asked for again.
  std::shared_ptr<const ActivityNames> missing_activities = {};
};

struct Stimulus {
  Instant at;
  std::uint64_t seed = 0;
  std::variant<Start, TaskBegun, TaskSubmitted, TaskDone, TaskBroken, HeartbeatMissed, TimerDue,
               Stop, Redrive, Continue, Break>
      what;
  Secret secret = {};                                            ///< as in Moment
  std::shared_ptr<const ActivityNames> missing_activities = {};  ///< likewise
};

}  // namespace orch::execution
