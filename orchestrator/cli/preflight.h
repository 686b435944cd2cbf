// What a submit refuses before there is a run.
#pragma once

#include "orchestrator/engine/engine.h"

namespace orch::cli {

/// For a definition that hands its input to orch:health or orch:catalog, as the shipped ones do:
/// asks what these steps would ask, so that a misspelt wish leaves no failed run. Databases that do
/// not answer are left to the run. Throws TaskFailed and Error as the steps would.
void check_before_submit(const engine::Submission& submission);

}  // namespace orch::cli
