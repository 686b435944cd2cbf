#include "workers/rows/decimal.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace orch::rows {
namespace {

constexpr int max_exponent = 20'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The digits of `text` up to what is neither a digit nor the first point.
std::size_t take_digits(std::string_view text, Decimal& decimal, int& before, int& after) {
  bool point = false;
  std::size_t at = 0;
  for (; at < text.size() && (is_digit(text[at]) || (text[at] == '.' && !point)); ++at) {
    if (text[at] == '.') {
      point = true;
      continue;
    }
    decimal.digits += text[at];
    ++(point ? after : before);
  }
  return at;
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

std::string_view without_zeros_at_the_end(std::string_view digits) {
  return digits.substr(0, digits.find_last_not_of('0') + 1);
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

std::optional<Decimal> read_decimal(std::string_view text) {
  Decimal decimal;
  if (text.starts_with('-') || text.starts_with('+')) {
    decimal.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  int before = 0, after = 0;
  text.remove_prefix(take_digits(text, decimal, before, after));
  const auto exponent = exponent_of(text);
  if (before + after == 0 || !exponent) return std::nullopt;
  decimal.point = before + *exponent;
  decimal.scale = std::max(0, after - *exponent);
  const auto zeros = std::min(decimal.digits.find_first_not_of('0'), decimal.digits.size());
  decimal.digits.erase(0, zeros);
  decimal.point -= static_cast<int>(zeros);
  return decimal;
}

bool same_number(const Decimal& left, const Decimal& right) {
  const auto digits = without_zeros_at_the_end(left.digits);
  if (digits != without_zeros_at_the_end(right.digits)) return false;
  return digits.empty() || (left.point == right.point && left.negative == right.negative);
}

std::size_t significant_digits(const Decimal& decimal) {
  return without_zeros_at_the_end(decimal.digits).size();
}

bool fit(Decimal& decimal, int precision, int scale) {
  const auto digits = static_cast<int>(significant_digits(decimal));
  if (digits - decimal.point > scale) return false;
  if (digits > 0 && decimal.point > precision - scale) return false;
  decimal.scale = scale;
  return true;
}

}  // namespace orch::rows
