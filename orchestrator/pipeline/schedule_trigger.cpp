#include "orchestrator/pipeline/schedule_trigger.h"

#include <cstdint>
#include <set>

#include <fmt/format.h>

#include "orchestrator/base/error.h"

namespace orch::pipeline {
namespace {

/// What `read` returns; an Error that it throws is a problem of `field`.
template <class Read>
auto read_or_tell(json::Fields& trigger, std::string_view field, const Read& read)
    -> std::optional<decltype(read())> {
  try {
    return read();
  } catch (const InvalidDocument& invalid) {
    for (const auto& problem : invalid.problems()) trigger.problem(field, problem.message);
  } catch (const Error& error) {
    trigger.problem(field, error.what(), error.hint());
  }
  return std::nullopt;
}

std::chrono::seconds read_duration(json::Fields& trigger, std::string_view field,
                                   std::chrono::seconds otherwise) {
  const auto text = trigger.string(field);
  if (!text) return otherwise;
  return read_or_tell(trigger, field, [&] { return schedule::parse_duration(*text); })
      .value_or(otherwise);
}

std::set<std::chrono::local_days> read_holidays(json::Fields& trigger) {
  const auto* value = trigger.get("holidays");
  if (value && value->is_string()) {
    trigger.problem("holidays", "holidays names a file, and no file is read here",
                    "`orch deploy` puts the days of the file in its place; otherwise list them: "
                    "[\"2027-12-24\"]");
    return {};
  }
  std::string lines;
  for (const auto& day : trigger.strings("holidays")) lines += day + '\n';
  return read_or_tell(trigger, "holidays",
                      [&] { return schedule::parse_holidays(lines, "holidays"); })
      .value_or(std::set<std::chrono::local_days>());
}

// Holidays alone leave out their own days; business days are those from Monday to Friday, too.
schedule::Calendar read_calendar(json::Fields& trigger) {
  const auto rule = trigger.string("business_days");
  auto holidays = read_holidays(trigger);
  if (!rule && holidays.empty()) return {};
  std::bitset<7> weekend;
  auto off_day = schedule::OffDay::skip;
  if (rule) {
    off_day = read_or_tell(trigger, "business_days", [&] {
                return schedule::parse_off_day(*rule);
              }).value_or(off_day);
    weekend.set(0).set(6);
  }
  return {off_day, weekend, std::move(holidays)};
}

std::optional<Instant> read_bound(json::Fields& trigger, std::string_view field,
                                  const schedule::Zone& zone) {
  const auto text = trigger.string(field);
  if (!text) return std::nullopt;
  auto found = schedule::read_time(*text, zone);
  if (!found)
    trigger.problem(field, fmt::format("{} is no time: \"{}\"", field, *text),
                    "2027-03-27T00:00:00+01:00, or 2027-03-27 or \"2027-03-27 06:00\" on the "
                    "clocks of the zone");
  return found;
}

// FNV-1a: a schedule has the same delays on every machine and for ever.
std::uint64_t mixed(std::uint64_t hash, std::string_view text) {
  for (const char letter : text) {
    hash ^= static_cast<unsigned char>(letter);
    hash *= 0x100000001b3U;
  }
  return hash * 31;
}

}  // namespace

std::optional<ScheduleTrigger> read_schedule_trigger(json::Fields& trigger) {
  const auto before = trigger.problems().size();
  ScheduleTrigger made;
  made.text = trigger.required_string("schedule");
  if (!made.text.empty())
    if (auto rhythm =
            read_or_tell(trigger, "schedule", [&] { return schedule::parse_rhythm(made.text); }))
      made.schedule.rhythm = std::move(*rhythm);
  if (const auto zone = trigger.string("zone"))
    if (auto found = read_or_tell(trigger, "zone", [&] { return schedule::Zone(*zone); }))
      made.schedule.zone = std::move(*found);
  made.schedule.calendar = read_calendar(trigger);
  made.schedule.start = read_bound(trigger, "start", made.schedule.zone);
  made.schedule.end = read_bound(trigger, "end", made.schedule.zone);
  made.jitter = read_duration(trigger, "jitter", made.jitter);
  made.catch_up = read_duration(trigger, "catch_up", made.catch_up);
  if (trigger.problems().size() > before) return std::nullopt;
  return made;
}

Millis delay_of(const ScheduleTrigger& trigger, std::string_view pipeline, std::string_view name,
                Instant fire_time) {
  if (trigger.jitter.count() == 0) return Millis{0};
  constexpr std::uint64_t basis = 0xcbf29ce484222325U;
  auto hash = mixed(mixed(mixed(basis, pipeline), name), fire_key(fire_time));
  hash ^= hash >> 33U;
  return std::chrono::seconds(hash % static_cast<std::uint64_t>(trigger.jitter.count()));
}

std::string fire_key(Instant fire_time) {
  auto text = to_iso(fire_time);
  if (text.ends_with(".000Z")) text.replace(text.size() - 5, 5, "Z");
  return text;
}

}  // namespace orch::pipeline
