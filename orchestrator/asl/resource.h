// What the Resource of a Task state says: which service does the work, and what "done" means.
#pragma once

#include <string>
#include <string_view>

namespace orch::asl {

/// The three families of history events.
enum class TaskKind : std::uint8_t { task, lambda, activity };

/// When the state goes on.
enum class Completion : std::uint8_t {
  response,  ///< when the service has answered
  job,       ///< `.sync`: when the job that it started has ended
  token      ///< `.waitForTaskToken`: when somebody returns the token
};

struct Resource {
  std::string text;  ///< as in the definition
  TaskKind kind = TaskKind::task;
  Completion completion = Completion::response;
  std::string type;    ///< "lambda", "aws-sdk:s3", "orch": the service's resourceType
  std::string action;  ///< "invoke.waitForTaskToken", "stage": the service's resource
  /// `.sync:2`: the job's output is JSON, not text that holds JSON.
  bool parsed_output = false;

  /// True when the task starts an execution: states:startExecution.
  bool starts_execution() const {
    return type == "states" &&
           (action == "startExecution" || action.starts_with("startExecution."));
  }
  /// True when it ends with that execution, too.
  bool starts_nested() const { return completion == Completion::job && starts_execution(); }
  /// True when the work is done outside, by somebody who holds the task's token.
  bool needs_token() const { return kind == TaskKind::activity || completion == Completion::token; }
};

/// Never fails: what is no known form is of kind task.
Resource parse_resource(std::string_view text);

}  // namespace orch::asl
