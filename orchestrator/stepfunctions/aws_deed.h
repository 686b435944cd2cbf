// What a call leaves in the audit log.
#pragma once

#include <optional>
#include <string>

#include "orchestrator/stepfunctions/aws_front.h"

namespace orch::stepfunctions {

/// Unset for a call that changes nothing, starts an execution or does the work of an activity.
std::optional<AwsDeed> deed_of(const http::Request& request, const http::Peer& peer,
                               const std::string& outcome);

}  // namespace orch::stepfunctions
