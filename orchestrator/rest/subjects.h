// What operations, holds and alerts are about, and whether it is of a caller's scope.
#pragma once

#include <string>
#include <string_view>

#include "orchestrator/rest/request.h"

namespace orch::rest {

/// For a caller with a scope: each thing that the body names for the operation is of the scope, and
/// it names one; a run's name is its id afterwards. Throws Refused: 404 for what is outside, 403
/// for an operation about more.
void require_in_scope(Request& request, std::string_view operation);

/// Whether a hold tells the caller why something of theirs does not go on: "connection NAME",
/// "pipeline NAME", "run ID" of the scope, or "server".
bool sees_hold(const Request& request, const std::string& subject);

/// Whether the caller may see alerts of "pipeline:NAME", "workflow:NAME" or "server", and end or
/// make silences of them.
bool sees_alerts_of(const Request& request, std::string_view subject);

}  // namespace orch::rest
