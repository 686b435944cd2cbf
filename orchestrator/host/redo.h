// Doing one table of a run again.
#pragma once

#include <string>

#include "orchestrator/engine/engine.h"
#include "orchestrator/store/store.h"

namespace orch::host {

/// A new run of the same definition with the same connections and input that replicates the table
/// `key` alone, on the same verified path. It belongs to no pipeline: no fire is decided by it.
/// Throws Error ORCH-0312 when the run has not worked on the table, or its input names no catalog
/// to choose tables of.
engine::Submission redo_of_table(store::Store& store, const store::ExecutionRow& run,
                                 const std::string& key);

}  // namespace orch::host
