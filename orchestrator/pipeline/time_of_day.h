// Times of a day on the clocks of a zone, as triggers have them.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "orchestrator/json/fields.h"
#include "orchestrator/schedule/zone.h"

namespace orch::pipeline {

/// A member "07:30"; unset when it is absent, or a problem.
std::optional<std::chrono::minutes> read_time_of_day(json::Fields& trigger, std::string_view field);

/// The member "zone"; UTC when it is absent, or a problem.
schedule::Zone read_zone(json::Fields& trigger);

/// The day that clocks of the zone show.
std::chrono::local_days day_of(Instant instant, const schedule::Zone& zone);

/// When clocks of the zone show this time of the day.
Instant instant_of(std::chrono::local_days day, std::chrono::minutes time,
                   const schedule::Zone& zone);

/// "2027-03-28".
std::string day_text(std::chrono::local_days day);

}  // namespace orch::pipeline
