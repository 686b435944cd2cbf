#include "orchestrator/machine/event.h"

#include <algorithm>
#include <array>

namespace orch::machine {
namespace {

struct Name {
  EventType type;
  std::string_view text;
};

// In the order of the enumeration.
constexpr std::array names = {
    Name{EventType::execution_started, "ExecutionStarted"},
    Name{EventType::execution_succeeded, "ExecutionSucceeded"},
    Name{EventType::execution_failed, "ExecutionFailed"},
    Name{EventType::execution_aborted, "ExecutionAborted"},
    Name{EventType::execution_timed_out, "ExecutionTimedOut"},
    Name{EventType::execution_redriven, "ExecutionRedriven"},
    Name{EventType::pass_state_entered, "PassStateEntered"},
    Name{EventType::pass_state_exited, "PassStateExited"},
    Name{EventType::task_state_entered, "TaskStateEntered"},
    Name{EventType::task_state_exited, "TaskStateExited"},
    Name{EventType::task_state_aborted, "TaskStateAborted"},
    Name{EventType::choice_state_entered, "ChoiceStateEntered"},
    Name{EventType::choice_state_exited, "ChoiceStateExited"},
    Name{EventType::wait_state_entered, "WaitStateEntered"},
    Name{EventType::wait_state_exited, "WaitStateExited"},
    Name{EventType::wait_state_aborted, "WaitStateAborted"},
    Name{EventType::succeed_state_entered, "SucceedStateEntered"},
    Name{EventType::succeed_state_exited, "SucceedStateExited"},
    Name{EventType::fail_state_entered, "FailStateEntered"},
    Name{EventType::parallel_state_entered, "ParallelStateEntered"},
    Name{EventType::parallel_state_exited, "ParallelStateExited"},
    Name{EventType::parallel_state_started, "ParallelStateStarted"},
    Name{EventType::parallel_state_succeeded, "ParallelStateSucceeded"},
    Name{EventType::parallel_state_failed, "ParallelStateFailed"},
    Name{EventType::parallel_state_aborted, "ParallelStateAborted"},
    Name{EventType::map_state_entered, "MapStateEntered"},
    Name{EventType::map_state_exited, "MapStateExited"},
    Name{EventType::map_state_started, "MapStateStarted"},
    Name{EventType::map_state_succeeded, "MapStateSucceeded"},
    Name{EventType::map_state_failed, "MapStateFailed"},
    Name{EventType::map_state_aborted, "MapStateAborted"},
    Name{EventType::map_iteration_started, "MapIterationStarted"},
    Name{EventType::map_iteration_succeeded, "MapIterationSucceeded"},
    Name{EventType::map_iteration_failed, "MapIterationFailed"},
    Name{EventType::map_iteration_aborted, "MapIterationAborted"},
    Name{EventType::task_scheduled, "TaskScheduled"},
    Name{EventType::task_started, "TaskStarted"},
    Name{EventType::task_succeeded, "TaskSucceeded"},
    Name{EventType::task_failed, "TaskFailed"},
    Name{EventType::task_timed_out, "TaskTimedOut"},
    Name{EventType::evaluation_failed, "EvaluationFailed"},
    Name{EventType::retry_scheduled, "RetryScheduled"},
};
static_assert(names.size() == static_cast<std::size_t>(EventType::retry_scheduled) + 1);

}  // namespace

std::string_view to_string(EventType type) { return names[static_cast<std::size_t>(type)].text; }

std::optional<EventType> event_type(std::string_view name) {
  const auto* found = std::find_if(names.begin(), names.end(),
                                   [&](const Name& entry) { return entry.text == name; });
  if (found == names.end()) return std::nullopt;
  return found->type;
}

bool is_state_entered(EventType type) { return to_string(type).ends_with("StateEntered"); }

bool is_state_exited(EventType type) { return to_string(type).ends_with("StateExited"); }

bool is_state_aborted(EventType type) { return to_string(type).ends_with("StateAborted"); }

bool is_execution_end(EventType type) {
  return type == EventType::execution_succeeded || type == EventType::execution_failed ||
         type == EventType::execution_aborted || type == EventType::execution_timed_out;
}

}  // namespace orch::machine
