#include "orchestrator/jsonata/number.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include <fmt/format.h>

namespace orch::jsonata {
namespace {

/// Digits and exponent of the shortest form: 0.00123 is "123" and -2 (1.23e-3 scaled: d.ddd *
/// 10^e).
struct Decimal {
  std::string digits;
  int exponent = 0;
};

Decimal shortest(double number) {
  char buffer[40];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::scientific).ptr;
  Decimal decimal;
  const char* at = buffer;
  for (; at != end && *at != 'e'; ++at) {
    if (*at != '.') decimal.digits += *at;
  }
  std::from_chars(at + (at[1] == '+' ? 2 : 1), end, decimal.exponent);
  return decimal;
}

}  // namespace

std::string number_text(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number < 0 ? "-Infinity" : "Infinity";
  if (number == 0) return "0";
  if (is_integer(number) && std::abs(number) < 1e15)
    return std::to_string(static_cast<long long>(number));
  auto [digits, exponent] = shortest(std::abs(number));
  const auto count = static_cast<int>(digits.size());
  std::string text = number < 0 ? "-" : "";
  if (exponent >= 21 || exponent < -6) {
    text += digits[0];
    if (count > 1) text += "." + digits.substr(1);
    return text + (exponent < 0 ? "e-" : "e+") + std::to_string(std::abs(exponent));
  }
  if (exponent < 0)
    return text + "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
  if (count <= exponent + 1)
    return text + digits + std::string(static_cast<std::size_t>(exponent + 1 - count), '0');
  const auto whole = static_cast<std::size_t>(exponent + 1);
  return text + digits.substr(0, whole) + "." + digits.substr(whole);
}

double with_15_digits(double number) {
  return std::strtod(fmt::format("{:.14e}", number).c_str(), nullptr);
}

bool is_integer(double number) { return std::isfinite(number) && std::trunc(number) == number; }

namespace {

/// `number` with its decimal point moved, by way of text: multiplying would add errors of its own.
/// Not a number when either is no finite one or `by` is not whole.
double shifted(double number, double by) {
  if (!std::isfinite(number) || !is_integer(by) || std::abs(by) >= 1e21) return std::nan("");
  auto [digits, exponent] = shortest(std::abs(number));
  const auto text = fmt::format("{}.{}e{:.0f}", digits.substr(0, 1),
                                digits.size() > 1 ? digits.substr(1) : "0", exponent + by);
  return std::copysign(std::strtod(text.c_str(), nullptr), number);
}

}  // namespace

double round_half_even(double number, double precision) {
  const auto scaled = precision == 0 ? number : shifted(number, precision);
  auto rounded = std::floor(scaled);
  if (scaled - rounded >= 0.5) ++rounded;
  if (std::abs(rounded - scaled) == 0.5 && std::fmod(std::abs(rounded), 2) == 1) --rounded;
  const auto result = precision == 0 ? rounded : shifted(rounded, -precision);
  return result == 0 ? 0 : result;
}

std::string in_base(double number, int radix) {
  if (!std::isfinite(number)) return number_text(number);
  const bool negative = number < 0;
  auto whole = std::abs(number);
  std::string digits;
  do {
    const auto digit = static_cast<int>(std::fmod(whole, radix));
    digits += static_cast<char>(digit < 10 ? '0' + digit : 'a' + digit - 10);
    whole = std::floor(whole / radix);
  } while (whole > 0);
  if (negative) digits += '-';
  std::reverse(digits.begin(), digits.end());
  return digits;
}

std::optional<double> read_number(std::string_view text) {
  double number = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec == std::errc::result_out_of_range) {
    // Too small is zero, too large is infinite; from_chars() does not say which.
    return std::strtod(std::string(text).c_str(), nullptr);
  }
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return number;
}

double leading_integer(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t') || text.starts_with('\n'))
    text.remove_prefix(1);
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const auto end = text.find_first_not_of("0123456789");
  const auto digits = text.substr(0, end);
  if (digits.empty()) return std::nan("");
  const auto number = read_number(digits).value_or(0);
  return negative ? -number : number;
}

}  // namespace orch::jsonata
