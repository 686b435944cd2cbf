// Decimal numbers of any length.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace orch::rows {

/// 0.digits * 10^point.
struct Decimal {
  std::string digits;  ///< without leading zeros; empty for zero
  int point = 0;       ///< digits before the point; may be negative
  int scale = 0;       ///< digits after the point as written, at least 0
  bool negative = false;
};

/// True for digits with at most one point, a sign, an exponent of any size.
bool looks_decimal(std::string_view text);

/// Reads "-12.50", ".5", "+1e5": digits with at most one point, a sign, an exponent of at most
/// 20,000. Unset for anything else, NaN and infinities included.
std::optional<Decimal> read_decimal(std::string_view text);

/// True for the same number; how it is written (1.0 and 1.00), and the sign of zero, do not matter.
bool same_number(const Decimal& left, const Decimal& right);

/// Digits without the zeros at the end.
std::size_t significant_digits(const Decimal& decimal);

/// Gives the number the scale of a column numeric(precision, scale). False when digits other than
/// zero would be lost, or there are too many before the point.
bool fit(Decimal& decimal, int precision, int scale);

}  // namespace orch::rows
