// Intervals: a time every so many seconds that pass, whatever the clocks show.
#pragma once

#include <chrono>
#include <string_view>

#include "orchestrator/base/time.h"

namespace orch::schedule {

/// `90s`, `15m`, `6h`, `2d`, or several of them: `1h30m`. Throws Error ORCH-0701.
std::chrono::seconds parse_duration(std::string_view text);

/// The times that are a multiple of `every` after the epoch: 15m are the quarters of an hour.
struct Interval {
  std::chrono::seconds every;

  /// The first time that is not before `from`.
  std::chrono::sys_seconds at_or_after(std::chrono::sys_seconds from) const;
};

}  // namespace orch::schedule
