// What is done with pipelines: pipelines.pause, pipelines.resume.
#pragma once

#include <vector>

#include "orchestrator/host/operations.h"
#include "orchestrator/store/pipelines.h"

namespace orch::host {

std::vector<Operation> pipeline_operations();

/// Throws Error ORCH-0802 when there is no pipeline of this name.
store::PipelineRow required_pipeline(store::Store& store, const std::string& name);

}  // namespace orch::host
