// Cron expressions: which local times a schedule names. No clock and no time zone in here.
#pragma once

#include <array>
#include <bitset>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orch::schedule {

/// A reading of a clock on the wall, without a zone.
using LocalTime = std::chrono::local_seconds;
using LocalDay = std::chrono::local_days;

/// The field "day of month": any of its rules may hold.
struct DaysOfMonth {
  bool any = false;            ///< `*` or `?`: the field restricts nothing
  std::bitset<32> days;        ///< 1 to 31
  std::vector<unsigned> last;  ///< `L` is 0, `L-3` is 3: so many days before the last
  bool last_weekday = false;   ///< `LW`: the last day from Monday to Friday
  std::bitset<32> nearest;     ///< `15W`: the day from Monday to Friday nearest to the 15th

  bool contains(std::chrono::year_month_day day) const;
};

/// The field "day of week"; 0 is Sunday.
struct DaysOfWeek {
  bool any = false;
  std::bitset<7> days;
  std::bitset<7> last;                ///< `5L`: the last Friday of the month
  std::array<std::bitset<7>, 6> nth;  ///< `5#2`: the second Friday is nth[2][5]

  bool contains(std::chrono::year_month_day day) const;
};

/// A cron expression of five fields (minute, hour, day of month, month, day of week), of six with
/// the second in front, a nickname (`@daily`), or the form of Amazon EventBridge, `cron(…)`, whose
/// sixth field is the year and whose Sunday is 1. As in cron, a day has to be in one of the two day
/// fields when both restrict it and in both when one of them begins with `*`.
class Cron {
 public:
  /// Throws Error ORCH-0701 with the field and what may stand there, also for an expression that no
  /// day fulfils.
  static Cron parse(std::string_view text);

  /// The first time after `after`; empty when there is none within the 60 years that follow.
  std::optional<LocalTime> next(LocalTime after) const;

  /// The first time of `day` that is not before `from` after its midnight, if there is one.
  std::optional<LocalTime> first_in(LocalDay day, std::chrono::seconds from) const;

  /// Whether the field of the hour names all of them: such a schedule counts on time that passes,
  /// others on what the clock shows.
  bool every_hour() const { return hours.all(); }

  std::bitset<60> seconds;
  std::bitset<60> minutes;
  std::bitset<24> hours;
  DaysOfMonth days_of_month;
  std::bitset<13> months;  ///< 1 to 12
  DaysOfWeek days_of_week;
  bool both_days = true;   ///< a day has to be in both day fields
  std::vector<int> years;  ///< sorted; empty: all

 private:
  bool contains(std::chrono::year_month_day day) const;
};

}  // namespace orch::schedule
