// Times as people type them.
#pragma once

#include <string>

#include "orchestrator/base/time.h"

namespace orch::cli {

/// The value of an option such as --since: how long before `now` ("90s", "15m", "2h", "7d"),
/// "today", "yesterday", a date ("2026-11-30"), a date with a time ("2026-11-30 06:00",
/// "…T06:00:05"), a time of today ("06:00"), or an ISO 8601 date-time with its zone. Without a zone
/// it is local time, or UTC where `utc`. Throws Error ORCH-0001 that names `option`.
Instant parse_when(const std::string& option, const std::string& text, Instant now, bool utc);

}  // namespace orch::cli
