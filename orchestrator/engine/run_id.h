// Names of runs.
#pragma once

#include <string>

#include "orchestrator/base/time.h"

namespace orch::engine {

/// 16 lower-case characters of Crockford's base 32: 50 bits of milliseconds, 30 random bits. Ids of
/// later runs sort behind earlier ones, and no letter is mistaken for a digit.
std::string new_run_id(Instant now);

}  // namespace orch::engine
