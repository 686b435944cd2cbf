#include "orchestrator/jsonata/calendar.h"

#include <cmath>

namespace orch::jsonata {
namespace {

constexpr double week_millis = 7 * day_millis;

/// A month as a number that counts on over the years.
struct Month {
  double year;
  int month;  ///< from 1

  Month next() const { return month == 12 ? Month{year + 1, 1} : Month{year, month + 1}; }
  Month previous() const { return month == 1 ? Month{year - 1, 12} : Month{year, month - 1}; }
};

/// Date.UTC(), to which the years 0 to 99 are those after 1900.
double utc(double year, int month, int day) {
  return millis_of(year >= 0 && year <= 99 ? year + 1900 : year, month, day);
}

// The week with the month's first Thursday begins on this Monday.
double first_week(Month month) {
  const auto first = utc(month.year, month.month, 1);
  const auto weekday = weekday_of(first);
  return first + (weekday > 4 ? 8 - weekday : 1 - weekday) * day_millis;
}

double weeks_from(double start, double today) {
  return std::floor((today - start) / week_millis) + 1;
}

double week(double today, Month period, Month next, Month previous, double most) {
  const auto number = weeks_from(first_week(period), today);
  if (number > most && today >= first_week(next)) return 1;
  if (number < 1) return weeks_from(first_week(previous), today);
  return number;
}

}  // namespace

// Howard Hinnant's algorithms, in floating point: JavaScript's dates reach over 270,000 years.
Date date_of(double millis) {
  const auto days = std::floor(millis / day_millis) + 719468;
  const auto era = std::floor(days / 146097);
  const auto day_of_era = days - era * 146097;
  const auto year_of_era =
      std::floor((day_of_era - std::floor(day_of_era / 1460) + std::floor(day_of_era / 36524) -
                  std::floor(day_of_era / 146096)) /
                 365);
  const auto day_of_year = day_of_era - (365 * year_of_era + std::floor(year_of_era / 4) -
                                         std::floor(year_of_era / 100));
  const auto shifted = std::floor((5 * day_of_year + 2) / 153);
  Date date;
  date.day = static_cast<int>(day_of_year - std::floor((153 * shifted + 2) / 5) + 1);
  date.month = static_cast<int>(shifted < 10 ? shifted + 3 : shifted - 9);
  date.year = year_of_era + era * 400 + (date.month <= 2 ? 1 : 0);
  return date;
}

double millis_of(double year, double month, double day) {
  year += std::floor((month - 1) / 12);
  month = std::fmod(std::fmod(month - 1, 12) + 12, 12) + 1;
  if (month <= 2) --year;
  const auto era = std::floor(year / 400);
  const auto year_of_era = year - era * 400;
  const auto shifted = month > 2 ? month - 3 : month + 9;
  const auto day_of_year = std::floor((153 * shifted + 2) / 5);
  const auto day_of_era =
      year_of_era * 365 + std::floor(year_of_era / 4) - std::floor(year_of_era / 100) + day_of_year;
  return (era * 146097 + day_of_era - 719468 + day - 1) * day_millis;
}

int weekday_of(double millis) {
  const auto days = std::floor(millis / day_millis);  // 1970-01-01 was a Thursday
  return static_cast<int>(std::fmod(std::fmod(days + 3, 7) + 7, 7)) + 1;
}

double component_of(double millis, char component) {
  if (std::isnan(millis)) return component == 'P' ? 0 : millis;
  const auto date = date_of(millis);
  const auto today = std::floor(millis / day_millis) * day_millis;
  const auto time = millis - today;
  const auto hour = std::floor(time / 3'600'000);
  const Month year{date.year, 1};
  const Month month{date.year, date.month};
  switch (component) {
    case 'Y':
      return date.year;
    case 'M':
      return date.month;
    case 'D':
      return date.day;
    case 'd':
      return (today - millis_of(date.year, 1, 1)) / day_millis + 1;
    case 'F':
      return weekday_of(millis);
    case 'W':
      return week(utc(date.year, date.month, date.day), year, {date.year + 1, 1},
                  {date.year - 1, 1}, 52);
    case 'w':
      return week(utc(date.year, date.month, date.day), month, month.next(), month.previous(), 4);
    case 'X':
      if (millis < first_week(year)) return date.year - 1;
      return millis >= first_week({date.year + 1, 1}) ? date.year + 1 : date.year;
    case 'x':
      if (millis < first_week(month)) return month.previous().month;
      return millis >= first_week(month.next()) ? month.next().month : date.month;
    case 'H':
      return hour;
    case 'h':
      return std::fmod(hour, 12) == 0 ? 12 : std::fmod(hour, 12);
    case 'P':
      return hour >= 12 ? 1 : 0;
    case 'm':
      return std::fmod(std::floor(time / 60'000), 60);
    case 's':
      return std::fmod(std::floor(time / 1'000), 60);
    case 'f':
      return std::fmod(std::floor(time), 1'000);
    default:
      return 0;
  }
}

}  // namespace orch::jsonata
