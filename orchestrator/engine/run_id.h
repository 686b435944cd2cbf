// Names of runs.
#pragma once

#include <cstdint>
#include <string>

#include "orchestrator/base/time.h"

namespace orch::engine {

/// Makes ids of 16 lower-case characters of Crockford's base 32: 50 bits of milliseconds, 30 that
/// are random in the first id of a millisecond and count up in the next. So ids are unique within
/// one source, sort in the order they were made, and no letter is mistaken for a digit.
class RunIds {
 public:
  std::string next(Instant now);

 private:
  std::int64_t time_ = 0;
  std::uint64_t tail_ = 0;
};

}  // namespace orch::engine
