// A run from its history.
#pragma once

#include <memory>

#include "orchestrator/engine/engine.h"
#include "orchestrator/execution/execution.h"
#include "orchestrator/store/store.h"

namespace orch::engine {

/// A run without history. Throws Error ORCH-0206 when its row is damaged.
execution::Execution blank(const store::ExecutionRow& row,
                           std::shared_ptr<const asl::Workflow> workflow, const Options& options);

/// Folds the recorded events of a run. Throws Error ORCH-0206 when an event does not fit the
/// definition.
execution::Execution fold(store::Store& store, const store::ExecutionRow& row,
                          std::shared_ptr<const asl::Workflow> workflow, const Options& options);

/// The end of a run that is set aside and whose history cannot be read: aborted, without an event.
void abort_unread(const execution::Stop& reason, Instant at, store::ExecutionRow& row);

/// Copies what the execution has come to into the row of its run; `at` is its end, if it has ended.
void take_outcome(const execution::Execution& execution, Instant at, store::ExecutionRow& row);

}  // namespace orch::engine
