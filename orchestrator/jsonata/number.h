// Numbers as JavaScript writes and rounds them. Internal to the module.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace orch::jsonata {

/// The shortest text that reads back as `number`: 1e+21, 0.1, 1e-7; 0 for -0.
std::string number_text(double number);
/// Rounded to 15 significant digits, as $string() does with fractions.
double with_15_digits(double number);
/// Whole and finite.
bool is_integer(double number);
/// Half to even, at `precision` digits behind the point (negative: before it). Not a number when
/// that leads out of the range of a double, or `precision` is not whole.
double round_half_even(double number, double precision);
/// `number` in base `radix` (2 to 36), as Number.toString() gives it.
std::string in_base(double number, int radix);
/// JavaScript's reading of a decimal number; nothing when `text` is none.
std::optional<double> read_number(std::string_view text);

/// parseInt(): blanks, a sign, digits; whatever follows is ignored. Not a number without digits.
double leading_integer(std::string_view text);

}  // namespace orch::jsonata
