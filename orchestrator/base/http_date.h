// Dates as HTTP headers spell them. Source: RFC 9110, section 5.6.7.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "orchestrator/base/time.h"

namespace orch {

/// `Sun, 06 Nov 1994 08:49:37 GMT`; fractions of a second are cut off.
std::string to_http_date(Instant instant);

/// Reads that form, which is the only one that servers may send. Empty for anything else.
std::optional<Instant> from_http_date(std::string_view text);

}  // namespace orch
