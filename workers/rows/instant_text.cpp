#include <limits>

#include "workers/rows/instant.h"

namespace orch::rows {
namespace {

/// Appends at least `width` digits.
void append_number(std::string& out, std::int64_t value, int width) {
  char digits[20];
  auto* const end = digits + sizeof digits;
  auto* first = end;
  for (; value > 0 || end - first < width; value /= 10)
    *--first = static_cast<char>('0' + value % 10);
  out.append(first, end);
}

/// Appends the date; true for one before Christ. The inverse of days_from_civil(), by the same
/// source.
bool append_civil(std::string& out, std::int64_t days) {
  days += 730'425;  // from 0000-03-01
  const auto era = (days >= 0 ? days : days - 146'096) / 146'097;
  const auto day_of_era = days - era * 146'097;
  const auto year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const auto day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const auto month = (5 * day_of_year + 2) / 153;  // from March
  const auto year = year_of_era + era * 400 + (month >= 10 ? 1 : 0);
  append_number(out, year > 0 ? year : 1 - year, 4);
  out += '-';
  append_number(out, month < 10 ? month + 3 : month - 9, 2);
  out += '-';
  append_number(out, day_of_year - (153 * month + 2) / 5 + 1, 2);
  return year <= 0;
}

template <class Int>
bool append_infinity(std::string& out, Int value) {
  if (value == std::numeric_limits<Int>::max()) return out += "infinity", true;
  if (value == std::numeric_limits<Int>::min()) return out += "-infinity", true;
  return false;
}

}  // namespace

void append_date(std::string& out, std::int32_t days) {
  if (append_infinity(out, days)) return;
  if (append_civil(out, days)) out += " BC";
}

void append_time(std::string& out, std::int64_t micros) {
  const auto seconds = micros / micros_per_second;
  append_number(out, seconds / 3'600, 2);
  out += ':';
  append_number(out, seconds / 60 % 60, 2);
  out += ':';
  append_number(out, seconds % 60, 2);
  const auto fraction = micros % micros_per_second;
  if (fraction == 0) return;
  out += '.';
  append_number(out, fraction, 6);
  out.resize(out.find_last_not_of('0') + 1);
}

void append_timestamp(std::string& out, std::int64_t micros, bool zoned) {
  if (append_infinity(out, micros)) return;
  auto of_day = micros % micros_per_day;
  if (of_day < 0) of_day += micros_per_day;
  const bool before_christ = append_civil(out, (micros - of_day) / micros_per_day);
  out += ' ';
  append_time(out, of_day);
  if (zoned) out += "+00";
  if (before_christ) out += " BC";
}

}  // namespace orch::rows
