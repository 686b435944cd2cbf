// Whose fault an exception is: of the work that threw it, or of all.
#pragma once

#include <exception>
#include <string>

#include "orchestrator/base/error.h"

namespace orch::engine {

/// Leaves the decisions of a turn. They are made again, without what has been marked before this
/// was thrown.
struct SpoiledTurn {};

/// Whether the error may pass by itself: the disk is freed, another program ends its transaction.
bool may_pass(const Error& error);

/// Inside a catch block: what went wrong. Throws on what is no fault of one run: trouble of the
/// store that may pass, and SpoiledTurn.
std::string own_fault();

/// Inside a catch block: a TaskFailed stays, any other exception becomes one named `error`.
std::exception_ptr as_task_failed(const char* error) noexcept;

}  // namespace orch::engine
