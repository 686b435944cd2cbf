#include "orchestrator/schedule/cron.h"

#include <algorithm>

namespace orch::schedule {
namespace {

using std::chrono::day;
using std::chrono::days;
using std::chrono::last;
using std::chrono::local_days;
using std::chrono::month;
using std::chrono::weekday;
using std::chrono::year;
using std::chrono::year_month_day;

unsigned last_day(year_month_day date) {
  return static_cast<unsigned>((date.year() / date.month() / last).day());
}

unsigned weekday_of(year_month_day date) { return weekday(local_days(date)).c_encoding(); }

bool on_weekend(year_month_day date) {
  const auto on = weekday_of(date);
  return on == 0 || on == 6;
}

unsigned last_weekday_of(year_month_day date) {
  auto on = date.year() / date.month() / day(last_day(date));
  while (on_weekend(on)) on = year_month_day(local_days(on) - days(1));
  return static_cast<unsigned>(on.day());
}

// The day from Monday to Friday nearest to `wanted`, in the same month.
unsigned nearest_weekday(year_month_day date, unsigned wanted) {
  const auto final_day = last_day(date);
  if (wanted > final_day) return 0;
  const auto on = weekday_of(date.year() / date.month() / day(wanted));
  if (on == 6) return wanted == 1 ? 3 : wanted - 1;
  if (on == 0) return wanted == final_day ? wanted - 2 : wanted + 1;
  return wanted;
}

template <std::size_t size>
std::optional<unsigned> next_of(const std::bitset<size>& set, std::size_t from) {
  for (auto at = from; at < size; ++at) {
    if (set[at]) return static_cast<unsigned>(at);
  }
  return std::nullopt;
}

}  // namespace

bool DaysOfMonth::contains(year_month_day date) const {
  const auto on = static_cast<unsigned>(date.day());
  if (any || days[on]) return true;
  const auto final_day = last_day(date);
  if (std::ranges::any_of(last, [&](unsigned before) { return on + before == final_day; }))
    return true;
  if (last_weekday && on == last_weekday_of(date)) return true;
  for (unsigned wanted = 1; wanted < nearest.size(); ++wanted) {
    if (nearest[wanted] && nearest_weekday(date, wanted) == on) return true;
  }
  return false;
}

bool DaysOfWeek::contains(year_month_day date) const {
  const auto on = weekday_of(date);
  const auto number = static_cast<unsigned>(date.day());
  if (any || days[on]) return true;
  return (last[on] && number + 7 > last_day(date)) || nth.at((number + 6) / 7)[on];
}

bool Cron::contains(year_month_day date) const {
  if (!months[static_cast<unsigned>(date.month())]) return false;
  if (!years.empty() && !std::ranges::binary_search(years, static_cast<int>(date.year())))
    return false;
  const auto in_month = days_of_month.contains(date);
  const auto in_week = days_of_week.contains(date);
  return both_days ? in_month && in_week : in_month || in_week;
}

std::optional<LocalTime> Cron::first_in(LocalDay date, std::chrono::seconds from) const {
  if (!contains(std::chrono::year_month_day(date))) return std::nullopt;
  const std::chrono::hh_mm_ss at(from);
  auto minute = static_cast<std::size_t>(at.minutes().count());
  auto second = static_cast<std::size_t>(at.seconds().count());
  const auto begun = static_cast<std::size_t>(at.hours().count());
  for (auto hour = begun; hour < hours.size(); ++hour, minute = second = 0) {
    if (!hours[hour]) continue;
    for (; minute < minutes.size(); ++minute, second = 0) {
      if (!minutes[minute]) continue;
      if (const auto found = next_of(seconds, second))
        return date + std::chrono::hours(hour) + std::chrono::minutes(minute) +
               std::chrono::seconds(*found);
    }
  }
  return std::nullopt;
}

std::optional<LocalTime> Cron::next(LocalTime after) const {
  constexpr std::chrono::years horizon{60};  // 29 February on a given weekday comes every 28 or 40
  const auto from = after + std::chrono::seconds(1);
  auto date = std::chrono::floor<days>(from);
  auto time = from - date;
  for (const auto end = date + horizon; date < end; date += days(1), time = {}) {
    const year_month_day on(date);
    if (!months[static_cast<unsigned>(on.month())]) {
      date = local_days(on.year() / on.month() / last);
      continue;
    }
    if (const auto found = first_in(date, time)) return found;
  }
  return std::nullopt;
}

}  // namespace orch::schedule
