#include "workers/rows/instant.h"

#include <limits>

#include "orchestrator/base/ascii.h"

namespace orch::rows {
namespace {

constexpr std::int64_t first_day = -2'451'545;  // 4714-11-24 BC, where PostgreSQL begins
constexpr int last_year = 5'874'897;
constexpr std::int64_t first_micro = first_day * micros_per_day;
constexpr std::int64_t end_micro = 9'223'371'331'200'000'000;  // 294277-01-01

/// Takes the leading digits of `text`, at least `least` of them.
std::optional<int> take_digits(std::string_view& text, std::size_t least, std::size_t most) {
  std::size_t count = 0;
  int value = 0;
  while (count < text.size() && count < most && is_digit(text[count]))
    value = value * 10 + (text[count++] - '0');
  if (count < least) return std::nullopt;
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char wanted) {
  if (!text.starts_with(wanted)) return false;
  text.remove_prefix(1);
  return true;
}

bool take_before_christ(std::string_view& text) {
  if (!text.ends_with(" BC")) return false;
  text.remove_suffix(3);
  return true;
}

/// Days from 2000-01-01 to a date. Years begin in March here, so that the leap day is their last
/// (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
std::int64_t days_from_civil(std::int64_t year, int month, int day) {
  constexpr std::int64_t days_to_2000 = 730'425;  // from 0000-03-01
  year -= month <= 2 ? 1 : 0;
  const auto era = (year >= 0 ? year : year - 399) / 400;
  const auto year_of_era = year - era * 400;
  const auto day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const auto day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - days_to_2000;
}

bool is_leap(std::int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int days_in(std::int64_t year, int month) {
  constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

std::optional<std::int64_t> take_date(std::string_view& text, bool before_christ) {
  const auto year = take_digits(text, 4, 7);
  if (!year || *year < 1 || *year > last_year || !take(text, '-')) return std::nullopt;
  const auto month = take_digits(text, 2, 2);
  if (!month || *month < 1 || *month > 12 || !take(text, '-')) return std::nullopt;
  const auto day = take_digits(text, 2, 2);
  // The year before 1 is 1 BC.
  const std::int64_t astronomical = before_christ ? 1 - *year : *year;
  if (!day || *day < 1 || *day > days_in(astronomical, *month)) return std::nullopt;
  const auto days = days_from_civil(astronomical, *month, *day);
  return days >= first_day ? std::optional(days) : std::nullopt;
}

std::optional<std::int64_t> take_fraction(std::string_view& text) {
  std::int64_t micros = 0;
  int scale = 100'000;
  std::size_t digits = 0;
  for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1), ++digits) {
    if (scale == 0 && text.front() != '0') return std::nullopt;  // finer than a microsecond
    micros += std::int64_t{text.front() - '0'} * scale;
    scale /= 10;
  }
  return digits > 0 ? std::optional(micros) : std::nullopt;
}

std::optional<std::int64_t> take_time(std::string_view& text) {
  const auto hour = take_digits(text, 2, 2);
  if (!hour || *hour > 24 || !take(text, ':')) return std::nullopt;
  const auto minute = take_digits(text, 2, 2);
  if (!minute || *minute > 59) return std::nullopt;
  std::int64_t micros = (std::int64_t{*hour} * 60 + *minute) * 60 * micros_per_second;
  if (take(text, ':')) {
    const auto second = take_digits(text, 2, 2);
    if (!second || *second > 59) return std::nullopt;
    micros += *second * micros_per_second;
    if (take(text, '.')) {
      const auto fraction = take_fraction(text);
      if (!fraction) return std::nullopt;
      micros += *fraction;
    }
  }
  return micros <= micros_per_day ? std::optional(micros) : std::nullopt;
}

std::optional<std::int64_t> take_offset(std::string_view& text) {
  if (take(text, 'Z') || take(text, 'z')) return 0;
  const bool minus = take(text, '-');
  if (!minus && !take(text, '+')) return std::nullopt;
  const auto hours = take_digits(text, 2, 2);
  if (!hours || *hours > 15) return std::nullopt;
  std::int64_t seconds = *hours * 3'600;
  const bool colon = take(text, ':');
  if (colon || !text.empty()) {
    const auto minutes = take_digits(text, 2, 2);
    if (!minutes || *minutes > 59) return std::nullopt;
    seconds += *minutes * 60;
  }
  if (colon && take(text, ':')) {
    const auto rest = take_digits(text, 2, 2);
    if (!rest || *rest > 59) return std::nullopt;
    seconds += *rest;
  }
  return (minus ? -seconds : seconds) * micros_per_second;
}

template <class Int>
std::optional<Int> infinity(std::string_view text) {
  if (text == "infinity") return std::numeric_limits<Int>::max();
  if (text == "-infinity") return std::numeric_limits<Int>::min();
  return std::nullopt;
}

}  // namespace

std::optional<std::int32_t> date_days(std::string_view text) {
  if (const auto end = infinity<std::int32_t>(text)) return end;
  const bool before_christ = take_before_christ(text);
  const auto days = take_date(text, before_christ);
  if (!days || !text.empty()) return std::nullopt;
  return static_cast<std::int32_t>(*days);
}

std::optional<std::int64_t> time_micros(std::string_view text) {
  const auto micros = take_time(text);
  return text.empty() ? micros : std::nullopt;
}

std::optional<std::int64_t> timestamp_micros(std::string_view text, bool zoned) {
  if (const auto end = infinity<std::int64_t>(text)) return end;
  const bool before_christ = take_before_christ(text);
  const auto days = take_date(text, before_christ);
  constexpr std::int64_t last_day = end_micro / micros_per_day;
  if (!days || *days > last_day) return std::nullopt;
  std::int64_t micros = *days * micros_per_day;
  if (take(text, ' ') || take(text, 'T')) {
    const auto time = take_time(text);
    if (!time) return std::nullopt;
    micros += *time;
  }
  if (zoned) {
    const auto offset = take_offset(text);
    if (!offset) return std::nullopt;
    micros -= *offset;
  }
  const bool right = text.empty() && micros >= first_micro && micros < end_micro;
  return right ? std::optional(micros) : std::nullopt;
}

std::optional<std::int64_t> midnight_of(std::int32_t days) {
  constexpr auto ends = std::numeric_limits<std::int32_t>();
  if (days == ends.max()) return std::numeric_limits<std::int64_t>::max();
  if (days == ends.min()) return std::numeric_limits<std::int64_t>::min();
  const bool right = days >= first_day && days < end_micro / micros_per_day;
  return right ? std::optional(days * micros_per_day) : std::nullopt;
}

bool keeps_micros(std::int64_t micros, int digits) {
  std::int64_t unit = 1;
  for (int i = digits; i < 6; ++i) unit *= 10;
  const bool infinite = micros == std::numeric_limits<std::int64_t>::max() ||
                        micros == std::numeric_limits<std::int64_t>::min();
  return infinite || micros % unit == 0;
}

}  // namespace orch::rows
