#include "workers/rows/number.h"

#include <charconv>
#include <cmath>
#include <iterator>
#include <limits>
#include <strings.h>

#include <fmt/format.h>

#include "workers/rows/decimal.h"

namespace orch::rows {
namespace {

/// True when `value`, printed with as many digits as `wanted` has, is `wanted`.
template <class Float>
bool gives_back(Float value, const data::Decimal& wanted) {
  std::string scratch;
  const auto print = fmt::format("{}", value);
  const auto shortest = read_decimal(print, scratch);
  if (shortest && same_number(*shortest, wanted)) return true;
  const auto digits = std::max<std::size_t>(significant_digits(wanted).size(), 1);
  std::string printed(digits + 32, '\0');
  const auto end = std::to_chars(printed.data(), printed.data() + printed.size(), value,
                                 std::chars_format::scientific, static_cast<int>(digits) - 1);
  const auto found = read_decimal({printed.data(), end.ptr}, scratch);
  return end.ec == std::errc{} && found && same_number(*found, wanted);
}

template <class Float>
std::optional<Float> exact(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  const auto number = text.substr(text.starts_with('-') ? 1 : 0);
  // Neither a second sign nor the words that from_chars() knows.
  if (number.empty() || (number.front() != '.' && (number.front() < '0' || number.front() > '9')))
    return std::nullopt;
  Float value = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  // So few digits always survive, but near zero.
  const bool normal = value == 0 || std::abs(value) >= std::numeric_limits<Float>::min();
  if (number.size() <= std::numeric_limits<Float>::digits10 && normal) return value;
  std::string scratch;
  const auto wanted = read_decimal(text, scratch);
  return wanted && gives_back(value, *wanted) ? std::optional(value) : std::nullopt;
}

template <class Float>
std::string_view printed(Float value, std::string& scratch) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  scratch.clear();
  fmt::format_to(std::back_inserter(scratch), "{}", value);
  return scratch;
}

}  // namespace

std::optional<std::int64_t> exact_integer(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  std::int64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (text.empty() || read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return value;
}

std::optional<double> exact_double(std::string_view text) { return exact<double>(text); }
std::optional<float> exact_float(std::string_view text) { return exact<float>(text); }

std::optional<float> exact_float(double value) {
  const auto narrow = static_cast<float>(value);
  if (std::isnan(value) || static_cast<double>(narrow) == value) return narrow;
  if (std::isinf(narrow)) return std::nullopt;
  std::string print;
  std::string scratch;
  const auto wanted = read_decimal(number_text(value, print), scratch);
  return wanted && gives_back(narrow, *wanted) ? std::optional(narrow) : std::nullopt;
}

std::optional<double> exact_double(std::int64_t value) {
  const auto wide = static_cast<double>(value);
  // 2^63 as a double is one above the largest integer, and must not be cast back.
  if (wide >= 0x1p63 || static_cast<std::int64_t>(wide) != value) return std::nullopt;
  return wide;
}

std::optional<double> special_number(std::string_view text) {
  const auto is = [&](std::string_view word) {
    return text.size() == word.size() && strncasecmp(text.data(), word.data(), word.size()) == 0;
  };
  if (is("nan")) return std::numeric_limits<double>::quiet_NaN();
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (!is("infinity") && !is("inf")) return std::nullopt;
  const auto infinity = std::numeric_limits<double>::infinity();
  return negative ? -infinity : infinity;
}

std::string_view number_text(double value, std::string& scratch) { return printed(value, scratch); }
std::string_view number_text(float value, std::string& scratch) { return printed(value, scratch); }

}  // namespace orch::rows
