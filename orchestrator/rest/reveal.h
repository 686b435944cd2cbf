// Values that pipelines mark (store/redaction.h), shown on request.
#pragma once

#include <memory>
#include <string_view>

#include "orchestrator/rest/request.h"

namespace orch::rest {

inline constexpr Parameter reveal_parameter{
    "reveal", Kind::boolean,
    "with the values that the pipeline marks with \"redact\": takes an admin, and is a line of the "
    "audit log"};

/// True when the request asks for them; it is in the audit log then, whatever becomes of it. Throws
/// Refused, 403, when the caller may not.
bool reveals(const Query& query, const Caller& caller, Remark& remark);

/// Throws Error ORCH-0052 when a payload that somebody sends back has "[redacted]" in it: it would
/// take the place of the value.
void require_revealed(const boost::json::value& payload);

}  // namespace orch::rest
