// A trigger that fires at the times of a schedule.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "orchestrator/json/fields.h"
#include "orchestrator/schedule/fire_times.h"

namespace orch::pipeline {

struct ScheduleTrigger {
  schedule::Schedule schedule;
  std::string text;                          ///< of the rhythm: "30 6 * * *"
  std::chrono::seconds jitter{0};            ///< a fire comes up to so much later than its time
  std::chrono::seconds catch_up{24 * 3600};  ///< a fire that is later than this is missed
};

/// Reads schedule, zone, business_days, holidays, start, end, jitter and catch_up. Empty when one
/// of them is a problem.
std::optional<ScheduleTrigger> read_schedule_trigger(json::Fields& trigger);

/// How much later than its time a fire comes: the same for the same pipeline, trigger and time.
Millis delay_of(const ScheduleTrigger& trigger, std::string_view pipeline, std::string_view name,
                Instant fire_time);

/// "2027-03-28T01:00:00Z": what a fire of a schedule is named after.
std::string fire_key(Instant fire_time);

}  // namespace orch::pipeline
