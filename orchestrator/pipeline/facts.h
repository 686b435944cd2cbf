// What is known of a fire: `$trigger` in a pipeline's input, and the member "trigger" of the input
// of its runs.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "orchestrator/base/time.h"
#include "orchestrator/schedule/fire_times.h"

namespace orch::pipeline {

struct FireName {
  std::string pipeline;
  std::string trigger;
  std::string kind;
  std::string key;
  Instant at;
};

/// {"pipeline", "name", "kind", "key", "fire_time", "utc", "date"} and what the trigger adds or
/// says instead. fire_time is ISO 8601 with an offset, utc the same instant in UTC, date its day.
boost::json::object facts_of(const FireName& fire, const boost::json::object& of_trigger);

/// What a schedule adds: fire_time and date on the clocks of its zone, zone, and, where a rule has
/// moved the time, the reason as "moved".
boost::json::object facts_of(const schedule::FireTime& time, std::string_view zone);

}  // namespace orch::pipeline
