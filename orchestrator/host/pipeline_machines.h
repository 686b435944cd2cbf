// A pipeline as a state machine of the Step Functions API: its versions, and the alias by which
// clients start it.
#pragma once

#include <string>

#include "orchestrator/store/machines.h"
#include "orchestrator/store/pipelines.h"

namespace orch::host {

/// The alias of pipelines of an environment.
std::string alias_of(const std::string& environment);

/// Whether the state machine, its version and its alias are as the revision says. A client of the
/// API may have changed or deleted them.
bool is_current(store::Machines& machines, const std::string& pipeline,
                const store::PipelineRevision& revision);

/// Makes the definition the present one of the state machine `pipeline`, publishes a version of it
/// and points the alias there; `revision` gets the three. A version of the same definition that
/// `revision` names and that is still there is taken. Inside Machines::transact().
void publish(store::Machines& machines, const std::string& pipeline,
             store::PipelineRevision& revision, const std::string& definition);

}  // namespace orch::host
