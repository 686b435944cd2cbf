#include "workers/postgres/numeric.h"

#include <algorithm>
#include <cstdint>

#include "workers/postgres/copy_format.h"
#include "workers/rows/decimal.h"

namespace orch::postgres {
namespace {

using data::Decimal;

// numeric_send(): ndigits, weight, sign, dscale, then digits of base 10000.
constexpr std::uint16_t sign_negative = 0x4000;
constexpr std::uint16_t sign_nan = 0xC000;
constexpr std::uint16_t sign_infinity = 0xD000;
constexpr std::uint16_t sign_minus_infinity = 0xF000;
constexpr std::uint16_t scale_of_infinity = 32;  // which the server sends back
constexpr int digits_per_group = 4;
constexpr std::size_t header_size = 8;

void append_empty(std::string& out, std::uint16_t sign, std::uint16_t scale) {
  put16(out, 0);
  put16(out, 0);
  put16(out, sign);
  put16(out, scale);
}

std::optional<Decimal> special(std::uint16_t sign) {
  Decimal decimal;
  if (sign == sign_nan) return decimal.form = Decimal::Form::nan, decimal;
  if (sign != sign_infinity && sign != sign_minus_infinity) return std::nullopt;
  decimal.form = Decimal::Form::infinity;
  decimal.negative = sign == sign_minus_infinity;
  return decimal;
}

}  // namespace

bool append_numeric(std::string& out, const Decimal& decimal, bool bounded) {
  if (decimal.form == Decimal::Form::nan) return append_empty(out, sign_nan, 0), true;
  if (decimal.form == Decimal::Form::infinity) {
    if (bounded) return false;
    append_empty(out, decimal.negative ? sign_minus_infinity : sign_infinity, scale_of_infinity);
    return true;
  }
  const auto digits = rows::significant_digits(decimal);
  const auto scale = static_cast<std::uint16_t>(decimal.scale);
  if (digits.empty()) return append_empty(out, 0, scale), true;
  // Groups of four are counted from the point: fill up on both sides.
  const int first = decimal.point > 0 ? (decimal.point + digits_per_group - 1) / digits_per_group
                                      : -((-decimal.point) / digits_per_group);
  const auto lead = static_cast<std::size_t>(first * digits_per_group - decimal.point);
  const auto groups = (lead + digits.size() + digits_per_group - 1) / digits_per_group;
  put16(out, static_cast<std::uint16_t>(groups));
  put16(out, static_cast<std::uint16_t>(first - 1));
  put16(out, decimal.negative ? sign_negative : 0);
  put16(out, scale);
  for (std::size_t i = 0; i < groups * digits_per_group;) {
    int group = 0;
    for (int j = 0; j < digits_per_group; ++j, ++i) {
      const bool digit = i >= lead && i - lead < digits.size();
      group = group * 10 + (digit ? digits[i - lead] - '0' : 0);
    }
    put16(out, static_cast<std::uint16_t>(group));
  }
  return true;
}

std::optional<Decimal> read_numeric(std::string_view bytes, char* digits) {
  if (bytes.size() < header_size) return std::nullopt;
  const std::size_t groups = get16(bytes.data());
  const auto sign = get16(bytes.data() + 4);
  if (bytes.size() != header_size + groups * 2) return std::nullopt;
  if (sign != 0 && sign != sign_negative) return special(sign);
  auto* end = digits;
  for (std::size_t i = 0; i < groups; ++i) {
    int group = get16(bytes.data() + header_size + i * 2);
    if (group > 9'999) return std::nullopt;
    for (int j = digits_per_group; j-- > 0; group /= 10)
      end[j] = static_cast<char>('0' + group % 10);
    end += digits_per_group;
  }
  const std::string_view written(digits, static_cast<std::size_t>(end - digits));
  const auto zeros = std::min(written.find_first_not_of('0'), written.size());
  Decimal decimal;
  decimal.digits = written.substr(zeros);
  decimal.digits = rows::significant_digits(decimal);
  decimal.negative = sign == sign_negative && !decimal.digits.empty();
  const auto weight = static_cast<std::int16_t>(get16(bytes.data() + 2));
  decimal.point = (weight + 1) * digits_per_group - static_cast<int>(zeros);
  // No digit is beyond the scale, unless the server errs.
  decimal.scale = std::max(static_cast<std::int32_t>(get16(bytes.data() + 6)),
                           static_cast<std::int32_t>(decimal.digits.size()) - decimal.point);
  return decimal;
}

}  // namespace orch::postgres
