#include "orchestrator/schedule/zone.h"

#include <date/tz.h>
#include <vector>

#include <fmt/format.h>

#include "orchestrator/base/error.h"

namespace orch::schedule {
namespace {

const date::time_zone* locate(const std::string& name) {
  try {
    return date::locate_zone(name);
  } catch (const std::exception&) {
    std::vector<std::string> names;
    try {
      for (const auto& zone : date::get_tzdb().zones) names.push_back(zone.name());
    } catch (const std::exception&) {
      throw Error("ORCH-0702", "the database of time zones cannot be read",
                  "install the package tzdata (/usr/share/zoneinfo)");
    }
    throw Error("ORCH-0702",
                fmt::format("there is no time zone \"{}\"{}", name, did_you_mean(name, names)),
                "names are those of the IANA database: UTC, Europe/Berlin, America/New_York");
  }
}

}  // namespace

Zone::Zone(std::string_view name) : name_(name), zone_(locate(name_)) {}

Zone::Period Zone::period_at(std::chrono::sys_seconds instant) const {
  const auto info = zone_->get_info(instant);
  return {info.begin, info.end, info.offset};
}

std::chrono::sys_seconds Zone::instant_of(std::chrono::local_seconds time) const {
  const std::chrono::sys_seconds as_utc(time.time_since_epoch());
  return as_utc - period_at(as_utc - period_at(as_utc).offset).offset;
}

std::optional<Instant> read_time(std::string text, const Zone& zone) {
  if (const auto found = from_iso(text)) return found;
  if (text.size() > 10 && text[10] == ' ') text[10] = 'T';
  for (const auto* rest : {"Z", ":00Z", "T00:00:00Z"}) {
    const auto read = from_iso(text + rest);
    if (!read) continue;
    const auto shown = std::chrono::floor<std::chrono::seconds>(*read);
    return zone.instant_of(std::chrono::local_seconds(shown.time_since_epoch()));
  }
  return std::nullopt;
}

std::string to_iso(std::chrono::local_seconds time, std::chrono::seconds offset) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  const auto away = std::chrono::abs(std::chrono::duration_cast<std::chrono::minutes>(offset));
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}{:02}:{:02}",
                     static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(),
                     offset.count() < 0 ? '-' : '+', away.count() / 60, away.count() % 60);
}

}  // namespace orch::schedule
