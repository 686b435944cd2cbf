#include "orchestrator/alerts/promise.h"

#include <fmt/format.h>

#include "orchestrator/alerts/read.h"
#include "orchestrator/schedule/zone.h"

namespace orch::alerts {
namespace {

using std::chrono::seconds;

std::optional<std::chrono::minutes> parse_time_of_day(std::string_view text) {
  const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
  if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4))
    return std::nullopt;
  const int hours = (text[0] - '0') * 10 + text[1] - '0';
  const int minutes = (text[3] - '0') * 10 + text[4] - '0';
  if (hours > 23 || minutes > 59) return std::nullopt;
  return std::chrono::hours(hours) + std::chrono::minutes(minutes);
}

void read_time(json::Fields& fields, Promise& promise) {
  const auto by = fields.string("by");
  if (!by) return;
  promise.by = parse_time_of_day(*by);
  if (!promise.by)
    fields.problem("by", fmt::format("by is \"{}\": expected a time of day", *by),
                   "for example 07:00");
}

void read_zone(json::Fields& fields, Promise& promise) {
  const auto zone = fields.string("zone");
  if (!zone) return;
  promise.zone = *zone;
  try {
    const schedule::Zone known(*zone);
  } catch (const Error& error) {
    fields.problem("zone", error.what(), error.hint());
  }
}

// The latest deadline that has passed, with midnight before it.
struct Deadline {
  Instant at;
  Instant midnight;
};

Deadline deadline_before(const Promise& promise, Instant now) {
  const schedule::Zone zone(promise.zone);
  const auto second = std::chrono::floor<seconds>(now);
  const auto shown =
      std::chrono::local_seconds(second.time_since_epoch() + zone.period_at(second).offset);
  auto day = std::chrono::floor<std::chrono::days>(shown);
  if (zone.instant_of(day + *promise.by) > second) day -= std::chrono::days(1);
  return {zone.instant_of(day + *promise.by), zone.instant_of(day)};
}

std::string last_success_text(std::optional<Instant> last_success) {
  return last_success ? fmt::format("the last success was at {}", to_iso(*last_success))
                      : std::string("there was no success yet");
}

}  // namespace

std::optional<Promise> read_promise(json::Fields& fields) {
  Promise promise;
  read_time(fields, promise);
  read_zone(fields, promise);
  promise.within = read_duration(fields, "within");
  promise.max_age = read_duration(fields, "max_age");
  if (!promise.by && !promise.max_age) return std::nullopt;
  return promise;
}

std::optional<Promise> read_fresh(json::Fields& document) {
  const auto* object = document.object("fresh");
  if (!object) return std::nullopt;
  json::Fields fields(*object, document.at("fresh"), document.problems());
  auto promise = read_promise(fields);
  fields.finish("a promise of freshness");
  if (!promise && !fields.has("by"))
    fields.problem("", "fresh promises nothing", R"(give it "by": "07:00" or "max_age": "24h")");
  return promise;
}

std::optional<Lateness> lateness(const Promise& promise, std::optional<Instant> last_success,
                                 Instant since, Instant now) {
  if (promise.by) {
    const auto deadline = deadline_before(promise, now);
    const auto from = promise.within ? deadline.at - *promise.within : deadline.midnight;
    if (deadline.at >= since && (!last_success || *last_success < from))
      return Lateness{deadline.at, fmt::format("no success by {:02}:{:02} ({}): {}",
                                               promise.by->count() / 60, promise.by->count() % 60,
                                               promise.zone, last_success_text(last_success))};
  }
  if (promise.max_age) {
    const auto deadline = last_success.value_or(since) + *promise.max_age;
    if (now > deadline)
      return Lateness{deadline, fmt::format("older than {}: {}", spelled(*promise.max_age),
                                            last_success_text(last_success))};
  }
  return std::nullopt;
}

std::string spelled(std::chrono::milliseconds time) {
  const auto whole = std::chrono::floor<seconds>(time).count();
  constexpr std::int64_t minute = 60, hour = 3'600, day = 86'400;
  if (whole < 2 * minute) return fmt::format("{} s", whole);
  if (whole < hour) return fmt::format("{} min", whole / minute);
  const auto two = [](std::int64_t large, const char* unit, std::int64_t small, const char* rest) {
    return small == 0 ? fmt::format("{} {}", large, unit)
                      : fmt::format("{} {} {} {}", large, unit, small, rest);
  };
  if (whole < 2 * day) return two(whole / hour, "h", whole % hour / minute, "min");
  return two(whole / day, "days", whole % day / hour, "h");
}

}  // namespace orch::alerts
