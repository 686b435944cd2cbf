// Map runs as the API names them.
#pragma once

#include <optional>
#include <string>

#include "orchestrator/stepfunctions/desk.h"

namespace orch::stepfunctions {

/// Throws ServiceError InvalidArn or ResourceNotFound.
store::MapRunRow find_map_run(Request& request, const std::string& arn);

/// Of the map run that the execution is a child of; nothing when it is none.
std::optional<std::string> map_run_arn_of(Request& request, const store::ExecutionRow& child);

}  // namespace orch::stepfunctions
