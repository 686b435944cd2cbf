#include "workers/postgres/numeric.h"

#include <cmath>

#include "workers/postgres/copy_format.h"

namespace orch::postgres {
namespace {

// numeric_send(): ndigits, weight, sign, dscale, then digits of base 10000.
constexpr std::uint16_t sign_negative = 0x4000;
constexpr std::uint16_t sign_nan = 0xC000;
constexpr std::uint16_t sign_infinity = 0xD000;
constexpr std::uint16_t sign_minus_infinity = 0xF000;
constexpr std::uint16_t scale_of_infinity = 32;  // which the server sends back
constexpr int digits_per_group = 4;

void append_empty(std::string& out, std::uint16_t sign, std::uint16_t scale) {
  put16(out, 0);
  put16(out, 0);
  put16(out, sign);
  put16(out, scale);
}

}  // namespace

void append_numeric(std::string& out, const rows::Decimal& decimal) {
  auto digits = decimal.digits;
  while (!digits.empty() && digits.back() == '0') digits.pop_back();
  if (digits.empty()) return append_empty(out, 0, static_cast<std::uint16_t>(decimal.scale));
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

bool append_special(std::string& out, double value, bool bounded) {
  if (std::isnan(value)) return append_empty(out, sign_nan, 0), true;
  if (bounded) return false;
  append_empty(out, value > 0 ? sign_infinity : sign_minus_infinity, scale_of_infinity);
  return true;
}

}  // namespace orch::postgres
