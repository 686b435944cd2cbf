#include "workers/postgres/numeric.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <limits>
#include <vector>

#include "workers/postgres/copy_format.h"

namespace orch::postgres {
namespace {

// numeric_send(): ndigits, weight, sign, dscale, then digits of base 10000.
constexpr std::uint16_t sign_negative = 0x4000;
constexpr std::uint16_t sign_nan = 0xC000;
constexpr std::uint16_t sign_infinity = 0xD000;
constexpr std::uint16_t sign_minus_infinity = 0xF000;
constexpr int digits_per_group = 4;
constexpr int max_exponent = 20'000;

/// A decimal: 0.digits * 10^point, or a special value.
struct Decimal {
  std::string digits;  ///< without leading zeros
  int point = 0;       ///< digits before the point; may be negative
  int scale = 0;       ///< digits after the point as written
  bool negative = false;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<Decimal> parse_decimal(std::string_view text) {
  Decimal decimal;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    decimal.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  int before = 0, after = 0;
  bool seen_point = false;
  std::size_t at = 0;
  for (; at < text.size() && (is_digit(text[at]) || (text[at] == '.' && !seen_point)); ++at) {
    if (text[at] == '.') {
      seen_point = true;
      continue;
    }
    decimal.digits += text[at];
    ++(seen_point ? after : before);
  }
  if (before + after == 0) return std::nullopt;
  int exponent = 0;
  if (at < text.size()) {
    if (text[at] != 'e' && text[at] != 'E') return std::nullopt;
    ++at;
    if (at < text.size() && text[at] == '+') ++at;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data() + at, end, exponent);
    if (read.ec != std::errc{} || read.ptr != end || std::abs(exponent) > max_exponent)
      return std::nullopt;
  }
  decimal.point = before + exponent;
  decimal.scale = std::max(0, after - exponent);
  const auto zeros = std::min(decimal.digits.find_first_not_of('0'), decimal.digits.size());
  decimal.digits.erase(0, zeros);
  decimal.point -= static_cast<int>(zeros);
  return decimal;
}

// Gives the value the column's scale; false when digits would be lost or there are too many.
bool fit(Decimal& decimal, const data::Column& column) {
  if (column.precision == 0) return true;
  auto significant = decimal.digits;
  while (!significant.empty() && significant.back() == '0') significant.pop_back();
  const auto after = static_cast<int>(significant.size()) - decimal.point;
  if (after > column.scale) return false;
  if (!significant.empty() && decimal.point > column.precision - column.scale) return false;
  decimal.scale = column.scale;
  return true;
}

void append_special(std::string& out, std::uint16_t sign, std::uint16_t scale) {
  put16(out, 0);
  put16(out, 0);
  put16(out, sign);
  put16(out, scale);
}

void append_decimal(std::string& out, const Decimal& decimal) {
  auto digits = decimal.digits;
  while (!digits.empty() && digits.back() == '0') digits.pop_back();
  if (digits.empty()) return append_special(out, 0, static_cast<std::uint16_t>(decimal.scale));
  // Groups of four are counted from the point: fill up on both sides.
  const int first = decimal.point > 0 ? (decimal.point + digits_per_group - 1) / digits_per_group
                                      : -((-decimal.point) / digits_per_group);
  const int lead = first * digits_per_group - decimal.point;
  digits.insert(0, static_cast<std::size_t>(lead), '0');
  while (digits.size() % digits_per_group != 0) digits += '0';
  const auto groups = digits.size() / digits_per_group;
  put16(out, static_cast<std::uint16_t>(groups));
  put16(out, static_cast<std::uint16_t>(first - 1));
  put16(out, decimal.negative ? sign_negative : 0);
  put16(out, static_cast<std::uint16_t>(decimal.scale));
  for (std::size_t i = 0; i < groups; ++i) {
    int group = 0;
    for (int j = 0; j < digits_per_group; ++j)
      group = group * 10 + (digits[i * digits_per_group + static_cast<std::size_t>(j)] - '0');
    put16(out, static_cast<std::uint16_t>(group));
  }
}

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
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

constexpr std::int64_t micros_per_day = 86'400'000'000;

std::optional<std::int32_t> take_date(std::string_view& text) {
  namespace ch = std::chrono;
  const auto year = take_digits(text, 4, 6);
  if (!year || *year < 1 || *year > 32'767 || !take(text, '-')) return std::nullopt;
  const auto month = take_digits(text, 2, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_digits(text, 2, 2);
  if (!day) return std::nullopt;
  const ch::year_month_day date{ch::year{*year}, ch::month{static_cast<unsigned>(*month)},
                                ch::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  constexpr ch::sys_days epoch{ch::year{2000} / ch::January / 1};
  return static_cast<std::int32_t>((ch::sys_days{date} - epoch).count());
}

std::optional<std::int64_t> take_time(std::string_view& text) {
  const auto hour = take_digits(text, 2, 2);
  if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
  const auto minute = take_digits(text, 2, 2);
  if (!minute || *minute > 59) return std::nullopt;
  std::int64_t micros = (std::int64_t{*hour} * 60 + *minute) * 60'000'000;
  if (!take(text, ':')) return micros;
  const auto second = take_digits(text, 2, 2);
  if (!second || *second > 59) return std::nullopt;
  micros += std::int64_t{*second} * 1'000'000;
  if (!take(text, '.')) return micros;
  int scale = 100'000;
  std::size_t digits = 0;
  for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1), ++digits) {
    if (scale == 0 && text.front() != '0') return std::nullopt;  // finer than a microsecond
    micros += std::int64_t{text.front() - '0'} * scale;
    scale /= 10;
  }
  if (digits == 0) return std::nullopt;
  return micros;
}

std::optional<std::int64_t> take_offset(std::string_view& text) {
  if (take(text, 'Z') || take(text, 'z')) return 0;
  const bool minus = take(text, '-');
  if (!minus && !take(text, '+')) return std::nullopt;
  const auto hours = take_digits(text, 2, 2);
  if (!hours || *hours > 15) return std::nullopt;
  take(text, ':');
  const auto minutes = text.empty() ? std::optional(0) : take_digits(text, 2, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  const auto micros = (std::int64_t{*hours} * 60 + *minutes) * 60'000'000;
  return minus ? -micros : micros;
}

}  // namespace

bool append_numeric(std::string& out, std::string_view text, const data::Column& column) {
  if (text == "NaN") return append_special(out, sign_nan, 0), true;
  const bool bounded = column.precision > 0;
  if (text == "Infinity") return !bounded && (append_special(out, sign_infinity, 0), true);
  if (text == "-Infinity") return !bounded && (append_special(out, sign_minus_infinity, 0), true);
  auto decimal = parse_decimal(text);
  if (!decimal || !fit(*decimal, column)) return false;
  append_decimal(out, *decimal);
  return true;
}

std::optional<std::int32_t> date_days(std::string_view text) {
  if (text == "infinity") return std::numeric_limits<std::int32_t>::max();
  if (text == "-infinity") return std::numeric_limits<std::int32_t>::min();
  const auto days = take_date(text);
  return text.empty() ? days : std::nullopt;
}

std::optional<std::int64_t> time_micros(std::string_view text) {
  if (text == "24:00:00") return micros_per_day;
  const auto micros = take_time(text);
  return text.empty() ? micros : std::nullopt;
}

std::optional<std::int64_t> timestamp_micros(std::string_view text, bool zoned) {
  if (text == "infinity") return std::numeric_limits<std::int64_t>::max();
  if (text == "-infinity") return std::numeric_limits<std::int64_t>::min();
  const auto days = take_date(text);
  if (!days) return std::nullopt;
  std::int64_t micros = std::int64_t{*days} * micros_per_day;
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
  return text.empty() ? std::optional(micros) : std::nullopt;
}

bool append_uuid(std::string& out, std::string_view text) {
  std::string bytes;
  int high = -1;
  for (const char c : text) {
    if (c == '-') continue;
    const int value = is_digit(c)            ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (value < 0) return false;
    if (high < 0) {
      high = value;
    } else {
      bytes += static_cast<char>(high * 16 + value);
      high = -1;
    }
  }
  if (bytes.size() != 16 || high >= 0) return false;
  out += bytes;
  return true;
}

}  // namespace orch::postgres
