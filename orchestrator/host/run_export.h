// Runs as JSON Lines, before they are removed.
#pragma once

#include <filesystem>
#include <span>

#include "orchestrator/store/store.h"

namespace orch::host {

/// Appends the runs to `folder`/runs-YYYY-MM.jsonl.zst (the month of the first one's start), one
/// line each, after a line with its definition, and returns when they are on the disk:
///
///   {"definition":HASH,"text":TEXT}
///   {"run_id":…,"name":…,"workflow":…,"pipeline":…,"status":…,"started":TIME,"ended":TIME,
///    "input":JSON,"output":JSON,"error":…,"cause":…,"redrive_count":N,"parent":RUN_ID,
///    "starter":RUN_ID,"definition":HASH,"events":[…]}
///
/// Events as in the store (execution/event_codec.cpp). Each call appends one Zstandard frame; after
/// a crash a run may be there twice. Throws Error ORCH-0002 when a file cannot be written.
void export_runs(store::Store& store, std::span<const store::ExecutionId> runs,
                 const std::filesystem::path& folder);

}  // namespace orch::host
