// The context object that a client of TestState gives.
#pragma once

#include <boost/json/value.hpp>

#include "orchestrator/asl/definition.h"

namespace orch::stepfunctions {

/// Throws ServiceError ValidationException for members that `state` never sees there.
void check_context(const boost::json::value& context, const asl::State& state);

}  // namespace orch::stepfunctions
