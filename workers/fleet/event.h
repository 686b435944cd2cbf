// What happens in a fleet, for people and programs.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "orchestrator/base/time.h"
#include "workers/worker.h"

namespace orch::fleet {

struct Event {
  enum class Kind : std::uint8_t {
    started,
    progressed,
    succeeded,
    failed,
    lost,         ///< the endpoint gave the task up while it was done here
    released,     ///< given back because this process ends
    unreachable,  ///< the endpoint; `wait` until it is tried again
    reachable     ///< again
  } kind{};
  std::string activity = {};       ///< its ARN; empty for the last two
  const workers::Task* task = {};  ///< likewise null; lives as long as the call
  std::optional<workers::Progress> progress = {};
  Millis duration{};  ///< since the task was started
  std::string error = {};
  std::string message = {};
  std::string hint = {};
  Millis wait{};
};

/// Called on the fleet's threads, by several at once.
using Observer = std::function<void(const Event&)>;

}  // namespace orch::fleet
