// Reading what to run from a task's input, and judging how it ended.
#pragma once

#include <string>

#include "orchestrator/json/fields.h"
#include "workers/library/child_process.h"
#include "workers/worker.h"

namespace orch::tools {

/// Reads "argv", "environment", "folder", "timeout_seconds" and "max_output_bytes". The child gets
/// PATH, HOME, USER, LANG, LC_ALL, TZ and TMPDIR, the variables that "environment" names, and
/// ORCH_RUN, ORCH_STATE and ORCH_DELIVERY.
library::ProgramCall program_of(const workers::Task& task, json::Fields& fields);

/// Runs it with heartbeats; throws TaskFailed "Process.…" unless it exits with 0, Cancelled when
/// the result is no longer wanted. Returns its standard output.
std::string run_to_success(const library::ProgramCall& call, workers::TaskContext& context);

}  // namespace orch::tools
