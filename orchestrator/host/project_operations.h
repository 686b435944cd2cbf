// What is done with projects: pipelines.plan, pipelines.deploy, pipelines.rollback.
#pragma once

#include <vector>

#include "orchestrator/host/operations.h"

namespace orch::host {

std::vector<Operation> project_operations();

}  // namespace orch::host
