#include "orchestrator/pipeline/time_of_day.h"

#include <fmt/format.h>

#include "orchestrator/base/ascii.h"
#include "orchestrator/base/error.h"

namespace orch::pipeline {

std::optional<std::chrono::minutes> read_time_of_day(json::Fields& trigger,
                                                     std::string_view field) {
  const auto text = trigger.string(field);
  if (!text) return std::nullopt;
  const auto number = [&](std::size_t at) { return (*text)[at] * 10 + (*text)[at + 1] - '0' * 11; };
  if (text->size() == 5 && (*text)[2] == ':' && is_digit((*text)[0]) && is_digit((*text)[1]) &&
      is_digit((*text)[3]) && is_digit((*text)[4]) && number(0) < 24 && number(3) < 60)
    return std::chrono::hours(number(0)) + std::chrono::minutes(number(3));
  trigger.problem(field, fmt::format("{} is no time of day: \"{}\"", field, *text),
                  "hours and minutes: 07:30");
  return std::nullopt;
}

schedule::Zone read_zone(json::Fields& trigger) {
  const auto name = trigger.string("zone");
  if (!name) return schedule::Zone("UTC");
  try {
    return schedule::Zone(*name);
  } catch (const Error& error) {
    trigger.problem("zone", error.what(), error.hint());
    return schedule::Zone("UTC");
  }
}

std::chrono::local_days day_of(Instant instant, const schedule::Zone& zone) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(
      std::chrono::sys_time<Millis>(instant.time_since_epoch()));
  const auto local = seconds.time_since_epoch() + zone.period_at(seconds).offset;
  return std::chrono::floor<std::chrono::days>(std::chrono::local_seconds(local));
}

Instant instant_of(std::chrono::local_days day, std::chrono::minutes time,
                   const schedule::Zone& zone) {
  return Instant{
      std::chrono::duration_cast<Millis>(zone.instant_of(day + time).time_since_epoch())};
}

std::string day_text(std::chrono::local_days day) {
  const std::chrono::year_month_day date(day);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

}  // namespace orch::pipeline
