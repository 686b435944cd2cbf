// Runs that are parts of other runs: iterations of distributed maps, and executions that a task
// waits for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "orchestrator/store/store.h"

namespace orch::engine {

/// The run that `row` is a part of: it ends, pauses and continues with that.
std::optional<store::ExecutionId> elder_of(const store::ExecutionRow& row);

/// The run that has begun `row`, whether or not it waits for it.
std::optional<store::ExecutionId> beginner_of(const store::ExecutionRow& row);

/// The run itself or one that it is a part of, whichever is paused.
std::optional<store::ExecutionRow> paused_elder(store::Store& store,
                                                const store::ExecutionRow& row);

/// The runs under way that are parts of `run`, or of its parts; the oldest first, without `run`.
std::vector<store::ExecutionRow> parts_of(store::Store& store, const store::ExecutionRow& run);

/// Iterations of the run, and runs that its tasks wait for, that were set aside: at most ten.
std::vector<store::ExecutionRow> parts_aside(store::Store& store, const store::ExecutionRow& run);

/// Throws Error ORCH-0205 "run ID `why`".
[[noreturn]] void refuse(const store::ExecutionRow& row, const std::string& why,
                         const std::string& hint);

}  // namespace orch::engine
