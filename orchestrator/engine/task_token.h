// Tokens of tasks that are done outside.
#pragma once

#include <string>

#include "orchestrator/execution/event.h"

namespace orch::engine {

/// "RUN.TICKET.SECRET" (execution/states.cpp makes them): the first two parts lead to the task.
struct TaskToken {
  std::string run;
  execution::Ticket ticket{};
};

/// Throws Error ORCH-0213.
TaskToken parse_task_token(const std::string& text);

/// Throws Error ORCH-0213: no task has this token.
[[noreturn]] void refuse_token();

}  // namespace orch::engine
