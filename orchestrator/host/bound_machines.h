// State machines that a bindings file names: there before anything starts them.
#pragma once

#include <vector>

#include "orchestrator/stepfunctions/service.h"
#include "workers/bindings/bindings.h"

namespace orch::host {

/// Creates them, or gives those that there are the definitions of their files. Throws Error
/// ORCH-0002 for a file that cannot be read, ORCH-0014 for a definition that is refused.
void keep_machines(stepfunctions::Service& service,
                   const std::vector<bindings::StateMachine>& machines);

}  // namespace orch::host
