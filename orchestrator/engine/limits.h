// What is limited beside connections and pipelines, which say it themselves.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "orchestrator/base/time.h"

namespace orch::engine {

/// Of all runs of a store.
struct Limits {
  std::optional<std::int64_t> runs = {};          ///< most runs at a time
  std::map<std::string, std::int64_t> tags = {};  ///< most tasks at a time, by tag
  Millis outage_interval{15'000};  ///< how often a connection is asked that does not answer
};

}  // namespace orch::engine
