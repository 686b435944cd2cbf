// The engine's two clocks: what is recorded, and what is waited by.
#pragma once

#include <algorithm>
#include <chrono>

#include "orchestrator/base/time.h"

namespace orch::engine {

/// Milliseconds of a clock that is never set: it never goes back and never jumps.
inline Instant steady_now() {
  return Instant{std::chrono::floor<Millis>(std::chrono::steady_clock::now().time_since_epoch())};
}

/// Recorded times follow the wall clock but never go back: while the wall clock shows less, they
/// advance with the steady clock. Waiting is measured by the steady clock alone, so that a wall
/// clock that is set neither holds timers up nor fires them early. Belongs to one thread.
class Clock {
 public:
  /// `latest` has been recorded before.
  Clock(Instant wall, Instant steady, Instant latest)
      : recorded_(std::max(wall, latest)), steady_(steady) {}

  void read(Instant wall, Instant steady) {
    recorded_ = std::max(recorded_ + (steady - steady_), wall);
    steady_ = steady;
  }

  Instant recorded() const { return recorded_; }
  Instant steady() const { return steady_; }
  /// When a recorded instant is due on the steady clock.
  Instant due(Instant recorded) const { return steady_ + (recorded - recorded_); }

 private:
  Instant recorded_;
  Instant steady_;
};

}  // namespace orch::engine
