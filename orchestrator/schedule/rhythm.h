// What a schedule's text says: the times of a cron expression, or an interval.
#pragma once

#include <string_view>
#include <variant>

#include "orchestrator/schedule/cron.h"
#include "orchestrator/schedule/interval.h"

namespace orch::schedule {

using Rhythm = std::variant<Cron, Interval>;

/// A cron expression (cron.h), `@every 15m`, or EventBridge's `rate(15 minutes)`. Throws Error
/// ORCH-0701.
Rhythm parse_rhythm(std::string_view text);

}  // namespace orch::schedule
