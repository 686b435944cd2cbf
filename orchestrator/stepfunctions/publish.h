// Versions in the making: asked for by CreateStateMachine, UpdateStateMachine and
// PublishStateMachineVersion.
#pragma once

#include <string>

#include "orchestrator/stepfunctions/desk.h"

namespace orch::stepfunctions {

struct Publishing {
  bool wanted = false;
  std::string description;
};

/// The members publish and versionDescription.
Publishing read_publishing(Request& request);

/// The version of the machine's present revision; made when there is none. Call inside a
/// transaction.
store::VersionRow publish(Request& request, const store::MachineRow& machine,
                          const std::string& description);

}  // namespace orch::stepfunctions
