// What the machine says that time it is. The pure rooms are told the time instead.
#pragma once

#include "orchestrator/base/time.h"

namespace orch {

/// Now, to the millisecond. It may be set back or forward: durations belong to a steady clock.
inline Instant wall_now() { return std::chrono::floor<Millis>(std::chrono::system_clock::now()); }

}  // namespace orch
