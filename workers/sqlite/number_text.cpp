#include "workers/sqlite/number_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace orch::sqlite {
namespace {

constexpr std::string_view blanks = " \t\n\v\f\r";

bool digit(char c) { return c >= '0' && c <= '9'; }

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// Removes the digits at the start of `text` and returns them.
std::string_view take_digits(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), digit);
  const auto digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(digits.size());
  return digits;
}

bool take_any(std::string_view& text, std::string_view of) {
  if (text.empty() || of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

/// The value of a number in one form: digits without zeros at the ends, times 10^exponent.
struct Decimal {
  bool negative = false;
  std::string digits;
  long exponent = 0;
  friend bool operator==(const Decimal&, const Decimal&) = default;
};

std::optional<Decimal> read_decimal(std::string_view text) {
  Decimal number;
  number.negative = !text.empty() && text.front() == '-';
  take_any(text, "+-");
  number.digits = take_digits(text);
  if (take_any(text, ".")) {
    const auto fraction = take_digits(text);
    number.digits += fraction;
    number.exponent -= static_cast<long>(fraction.size());
  }
  if (number.digits.empty()) return std::nullopt;
  if (take_any(text, "eE")) {
    if (!text.empty() && text.front() == '+') text.remove_prefix(1);
    long exponent = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), exponent);
    if (read.ec != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    number.exponent += exponent;
  }
  if (!text.empty()) return std::nullopt;
  const auto last = number.digits.find_last_not_of('0');
  if (last == std::string::npos) return Decimal{};  // zero has no sign and no exponent
  number.exponent += static_cast<long>(number.digits.size() - 1 - last);
  number.digits.erase(last + 1);
  number.digits.erase(0, number.digits.find_first_not_of('0'));
  return number;
}

}  // namespace

bool looks_numeric(std::string_view text) {
  text = trimmed(text);
  take_any(text, "+-");
  auto digits = take_digits(text).size();
  if (take_any(text, ".")) digits += take_digits(text).size();
  if (digits == 0) return false;
  if (take_any(text, "eE")) {
    take_any(text, "+-");
    if (take_digits(text).empty()) return false;
  }
  return text.empty();
}

std::optional<std::int64_t> exact_integer(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  std::int64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (text.empty() || read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return value;
}

std::optional<double> exact_real(std::string_view text) {
  const auto wanted = read_decimal(text);
  if (!wanted) return std::nullopt;
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc{} || !std::isfinite(value)) return std::nullopt;
  const auto kept = read_decimal(fmt::format("{}", value));
  return kept == wanted ? std::optional(value) : std::nullopt;
}

std::string real_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return fmt::format("{}", value);
}

}  // namespace orch::sqlite
