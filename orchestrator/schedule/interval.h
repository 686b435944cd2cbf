// Intervals: a time every so many seconds that pass, whatever the clocks show.
#pragma once

#include <chrono>
#include <string_view>

#include "orchestrator/base/time.h"

namespace orch::schedule {

/// `90s`, `15m`, `6h`, `2d`, or several of them: `1h30m`. Throws Error ORCH-0701.
std::chrono::seconds parse_duration(std::string_view text);

/// The times `anchor` plus a multiple of `every`; the anchor is the epoch, so that 15m are the
/// quarters of an hour, unless a schedule says when it starts.
struct Interval {
  std::chrono::seconds every;
  std::chrono::sys_seconds anchor = {};

  /// The first time that is not before `from`.
  std::chrono::sys_seconds at_or_after(std::chrono::sys_seconds from) const;
};

}  // namespace orch::schedule
