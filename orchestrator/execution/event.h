// What happened to an execution. The list of events is the whole durable truth about it.
//
// Types and details are those of the Step Functions history. The fields marked "ours" are what
// folding needs and the service does not record; the AWS view leaves them out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orchestrator/asl/resource.h"
#include "orchestrator/base/time.h"
#include "orchestrator/json/payload.h"

namespace orch::execution {

/// Position of an event in the history of its execution: 1, 2, 3 … without gaps.
using EventId = std::int64_t;

/// A task by the id of its TaskScheduled event. A retry is a new ticket.
enum class Ticket : EventId {};

enum class EventType : std::uint8_t {
  execution_started,
  execution_succeeded,
  execution_failed,
  execution_aborted,
  execution_timed_out,
  execution_redriven,
  pass_state_entered,
  pass_state_exited,
  task_state_entered,
  task_state_exited,
  task_state_aborted,
  choice_state_entered,
  choice_state_exited,
  wait_state_entered,
  wait_state_exited,
  wait_state_aborted,
  succeed_state_entered,
  succeed_state_exited,
  fail_state_entered,
  parallel_state_entered,
  parallel_state_exited,
  parallel_state_started,
  parallel_state_succeeded,
  parallel_state_failed,
  parallel_state_aborted,
  map_state_entered,
  map_state_exited,
  map_state_started,
  map_state_succeeded,
  map_state_failed,
  map_state_aborted,
  map_iteration_started,
  map_iteration_succeeded,
  map_iteration_failed,
  map_iteration_aborted,
  map_run_started,
  map_run_succeeded,
  map_run_failed,
  map_run_aborted,
  map_run_redriven,
  task_scheduled,
  task_started,
  task_submitted,
  task_succeeded,
  task_failed,
  task_timed_out,
  lambda_function_scheduled,
  lambda_function_started,
  lambda_function_succeeded,
  lambda_function_failed,
  lambda_function_timed_out,
  activity_scheduled,
  activity_started,
  activity_succeeded,
  activity_failed,
  activity_timed_out,
  evaluation_failed,
  retry_scheduled,  ///< ours: a failed attempt will be repeated when `due`
};

/// "TaskStateEntered", …; the service's spelling.
std::string_view to_string(EventType type);
std::optional<EventType> event_type(std::string_view name);

bool is_state_entered(EventType type);
bool is_state_exited(EventType type);
/// TaskStateAborted, WaitStateAborted, ParallelStateAborted, MapStateAborted.
bool is_state_aborted(EventType type);
/// Succeeded, failed, timed out or aborted.
bool is_execution_end(EventType type);

/// What happens to a task. The kinds of task differ in the names of their events only.
enum class TaskStage : std::uint8_t {
  none,  ///< an event of another sort
  scheduled,
  started,
  submitted,  ///< the service has taken it over; the result comes by its token or job
  succeeded,
  failed,
  timed_out
};
TaskStage task_stage(EventType type);
/// `stage` must not be none; only tasks of the kind `task` are ever submitted.
EventType task_event(asl::TaskKind kind, TaskStage stage);

/// A line of control: the execution itself, a branch of a Parallel state or an iteration of a Map
/// state. `entered` is the id of the …StateEntered event of that state (0: the execution itself),
/// `index` the branch or iteration, from 0.
struct Thread {
  EventId entered = 0;
  std::int64_t index = 0;

  friend auto operator<=>(const Thread&, const Thread&) = default;  // NOLINT(modernize-use-nullptr)
};

struct Event {
  EventId id = 0;
  EventId previous = 0;  ///< the event that caused this one, as the service links them
  Instant at;            ///< when the engine learnt of it
  EventType type{};
  Thread thread;  ///< ours: where it happened

  /// Of the state (…StateEntered/Exited, MapIteration…, EvaluationFailed; ours: …Scheduled), of the
  /// worker (ActivityStarted).
  std::string name;
  /// input (ExecutionStarted, …Entered), output (…Exited, …Succeeded, TaskSubmitted), parameters
  /// (…Scheduled), ours: the items when they are not the state's whole input (MapStateStarted), how
  /// the map run is done (MapRunStarted), the input the thread goes on with (ExecutionRedriven with
  /// `next`).
  std::optional<json::Payload> payload;
  /// …Scheduled: as in the definition. MapRunStarted: the last part of the map run's ARN.
  /// EvaluationFailed: where the expression stands, "Output/total".
  std::string resource;
  std::string role;   ///< …Scheduled: RoleArn of the task's Credentials
  std::string token;  ///< ours: …Scheduled: who returns it completes the task
  /// Variables set on the way out (…StateExited): JSON text by name, in the order of the names.
  std::vector<std::pair<std::string, std::string>> assigned;
  /// Of failures. Unset and empty differ, as on the service.
  std::optional<std::string> error;
  std::optional<std::string> cause;
  /// length (MapStateStarted), index (MapIteration…), redriveCount (ExecutionRedriven),
  /// ours: attempt from 0 (TaskScheduled), which retrier (RetryScheduled).
  std::int64_t number = 0;
  std::optional<std::int64_t> timeout_seconds;    ///< TaskScheduled
  std::optional<std::int64_t> heartbeat_seconds;  ///< TaskScheduled
  std::optional<std::int64_t> max_concurrency;    ///< ours: MapStateStarted; unset: no limit
  /// ours: a timer that starts with this event: end of the wait (WaitStateEntered), of the pause
  /// (RetryScheduled), of the task's time (TaskStarted), of the execution's (ExecutionStarted and
  /// ExecutionRedriven), of an activity's until somebody starts it (ActivityScheduled).
  std::optional<Instant> due;
  /// ours: where the thread goes (…StateExited; ExecutionRedriven from a chosen state).
  std::optional<std::string> next;
};

/// One event as a line of JSON: the form in the store and in `orch history -o jsonl`.
void append_json(std::string& out, const Event& event);
/// Reads what append_json() wrote. Throws Error ORCH-0206, "cannot be read: …", when
/// it is something else.
Event event_from_json(const boost::json::value& value);

}  // namespace orch::execution
