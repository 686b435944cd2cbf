#include "workers/rows/decimal.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <limits>

#include "orchestrator/base/ascii.h"

namespace orch::rows {
namespace {

using data::Decimal;

constexpr int max_exponent = 20'000;

/// Digits with at most one point among them, at the beginning of a text.
struct Mantissa {
  std::string_view before;
  std::string_view after;
  std::size_t size = 0;  ///< with the point
};

Mantissa mantissa_of(std::string_view text) {
  const auto digits_from = [&](std::size_t at) {
    const auto end =
        std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), is_digit);
    return text.substr(at, static_cast<std::size_t>(end - text.begin()) - at);
  };
  Mantissa mantissa{digits_from(0), {}, 0};
  mantissa.size = mantissa.before.size();
  if (mantissa.size == text.size() || text[mantissa.size] != '.') return mantissa;
  mantissa.after = digits_from(mantissa.size + 1);
  mantissa.size += 1 + mantissa.after.size();
  return mantissa;
}

std::optional<int> exponent_of(std::string_view text) {
  if (text.empty()) return 0;
  if (text.front() != 'e' && text.front() != 'E') return std::nullopt;
  text.remove_prefix(1);
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  int exponent = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, exponent);
  if (read.ec != std::errc{} || read.ptr != end || std::abs(exponent) > max_exponent)
    return std::nullopt;
  return exponent;
}

}  // namespace

bool looks_decimal(std::string_view text) {
  const auto take = [&](std::string_view of) {
    const auto size = std::min(text.find_first_not_of(of), text.size());
    text.remove_prefix(size);
    return size;
  };
  constexpr std::string_view digits = "0123456789";
  const auto sign = [&] {
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  };
  sign();
  auto count = take(digits);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    count += take(digits);
  }
  if (count == 0) return false;
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    sign();
    if (take(digits) == 0) return false;
  }
  return text.empty();
}

std::optional<Decimal> read_decimal(std::string_view text, std::string& scratch) {
  Decimal decimal;
  if (text.starts_with('-') || text.starts_with('+')) {
    decimal.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  const auto mantissa = mantissa_of(text);
  const auto exponent = exponent_of(text.substr(mantissa.size));
  if (mantissa.before.size() + mantissa.after.size() == 0 || !exponent) return std::nullopt;
  scratch.assign(mantissa.before);
  scratch += mantissa.after;
  decimal.digits = scratch;
  const auto zeros = std::min(decimal.digits.find_first_not_of('0'), decimal.digits.size());
  decimal.digits.remove_prefix(zeros);
  decimal.point = static_cast<std::int32_t>(mantissa.before.size()) + *exponent -
                  static_cast<std::int32_t>(zeros);
  decimal.scale = std::max(0, static_cast<std::int32_t>(mantissa.after.size()) - *exponent);
  return decimal;
}

std::string_view decimal_text(const Decimal& decimal, std::string& scratch) {
  scratch.assign(decimal.negative ? "-" : "");
  if (decimal.form == Decimal::Form::nan) return "NaN";
  if (decimal.form == Decimal::Form::infinity) return scratch += "Infinity";
  const auto& digits = decimal.digits;
  const auto point = digits.empty() ? 0 : decimal.point;
  const auto before = static_cast<std::size_t>(std::max(point, 0));
  if (before == 0) scratch += '0';
  scratch += digits.substr(0, before);
  if (before > digits.size()) scratch.append(before - digits.size(), '0');
  if (decimal.scale == 0) return scratch;
  const auto end = scratch.size() + 1 + static_cast<std::size_t>(decimal.scale);
  scratch += '.';
  if (point < 0) scratch.append(static_cast<std::size_t>(-point), '0');
  scratch += digits.substr(std::min(before, digits.size()));
  scratch.resize(end, '0');
  return scratch;
}

std::optional<std::int64_t> decimal_integer(const Decimal& decimal) {
  constexpr int most_digits = 19;
  if (decimal.form != Decimal::Form::finite) return std::nullopt;
  const auto digits = significant_digits(decimal);
  if (digits.empty()) return 0;
  const auto fraction = static_cast<std::int64_t>(digits.size()) > decimal.point;
  if (fraction || decimal.point > most_digits) return std::nullopt;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(decimal.point); ++i)
    value = value * 10 + (i < digits.size() ? static_cast<std::uint64_t>(digits[i] - '0') : 0);
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (value > most + (decimal.negative ? 1 : 0)) return std::nullopt;
  return static_cast<std::int64_t>(decimal.negative ? 0 - value : value);
}

bool same_number(const Decimal& left, const Decimal& right) {
  const auto digits = significant_digits(left);
  if (digits != significant_digits(right)) return false;
  return digits.empty() || (left.point == right.point && left.negative == right.negative);
}

std::string_view significant_digits(const Decimal& decimal) {
  return decimal.digits.substr(0, decimal.digits.find_last_not_of('0') + 1);
}

bool fit(Decimal& decimal, int precision, int scale) {
  const auto digits = static_cast<std::int32_t>(significant_digits(decimal).size());
  if (digits - decimal.point > scale) return false;
  if (digits > 0 && decimal.point > precision - scale) return false;
  decimal.scale = scale;
  return true;
}

}  // namespace orch::rows
