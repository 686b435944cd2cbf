#include "orchestrator/execution/event.h"

#include <algorithm>
#include <array>

namespace orch::execution {
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
    Name{EventType::map_run_started, "MapRunStarted"},
    Name{EventType::map_run_succeeded, "MapRunSucceeded"},
    Name{EventType::map_run_failed, "MapRunFailed"},
    Name{EventType::map_run_aborted, "MapRunAborted"},
    Name{EventType::map_run_redriven, "MapRunRedriven"},
    Name{EventType::task_scheduled, "TaskScheduled"},
    Name{EventType::task_started, "TaskStarted"},
    Name{EventType::task_submitted, "TaskSubmitted"},
    Name{EventType::task_succeeded, "TaskSucceeded"},
    Name{EventType::task_failed, "TaskFailed"},
    Name{EventType::task_timed_out, "TaskTimedOut"},
    Name{EventType::lambda_function_scheduled, "LambdaFunctionScheduled"},
    Name{EventType::lambda_function_started, "LambdaFunctionStarted"},
    Name{EventType::lambda_function_succeeded, "LambdaFunctionSucceeded"},
    Name{EventType::lambda_function_failed, "LambdaFunctionFailed"},
    Name{EventType::lambda_function_timed_out, "LambdaFunctionTimedOut"},
    Name{EventType::activity_scheduled, "ActivityScheduled"},
    Name{EventType::activity_started, "ActivityStarted"},
    Name{EventType::activity_succeeded, "ActivitySucceeded"},
    Name{EventType::activity_failed, "ActivityFailed"},
    Name{EventType::activity_timed_out, "ActivityTimedOut"},
    Name{EventType::evaluation_failed, "EvaluationFailed"},
    Name{EventType::retry_scheduled, "RetryScheduled"},
};
static_assert(names.size() == static_cast<std::size_t>(EventType::retry_scheduled) + 1);

struct StageOf {
  EventType type;
  asl::TaskKind kind;
  TaskStage stage;
};

using asl::TaskKind;
constexpr std::array stages = {
    StageOf{EventType::task_scheduled, TaskKind::task, TaskStage::scheduled},
    StageOf{EventType::task_started, TaskKind::task, TaskStage::started},
    StageOf{EventType::task_submitted, TaskKind::task, TaskStage::submitted},
    StageOf{EventType::task_succeeded, TaskKind::task, TaskStage::succeeded},
    StageOf{EventType::task_failed, TaskKind::task, TaskStage::failed},
    StageOf{EventType::task_timed_out, TaskKind::task, TaskStage::timed_out},
    StageOf{EventType::lambda_function_scheduled, TaskKind::lambda, TaskStage::scheduled},
    StageOf{EventType::lambda_function_started, TaskKind::lambda, TaskStage::started},
    StageOf{EventType::lambda_function_succeeded, TaskKind::lambda, TaskStage::succeeded},
    StageOf{EventType::lambda_function_failed, TaskKind::lambda, TaskStage::failed},
    StageOf{EventType::lambda_function_timed_out, TaskKind::lambda, TaskStage::timed_out},
    StageOf{EventType::activity_scheduled, TaskKind::activity, TaskStage::scheduled},
    StageOf{EventType::activity_started, TaskKind::activity, TaskStage::started},
    StageOf{EventType::activity_succeeded, TaskKind::activity, TaskStage::succeeded},
    StageOf{EventType::activity_failed, TaskKind::activity, TaskStage::failed},
    StageOf{EventType::activity_timed_out, TaskKind::activity, TaskStage::timed_out},
};

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

TaskStage task_stage(EventType type) {
  for (const auto& entry : stages) {
    if (entry.type == type) return entry.stage;
  }
  return TaskStage::none;
}

EventType task_event(asl::TaskKind kind, TaskStage stage) {
  for (const auto& entry : stages) {
    if (entry.kind == kind && entry.stage == stage) return entry.type;
  }
  return EventType::task_submitted;
}

}  // namespace orch::execution
