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
/// Half to even, at `precision` digits behind the point (negative: before it).
double round_half_even(double number, int precision);
/// `number` in base `radix` (2 to 36), as Number.toString() gives it.
std::string in_base(double number, int radix);
/// JavaScript's reading of a decimal number; nothing when `text` is none.
std::optional<double> read_number(std::string_view text);

}  // namespace orch::jsonata
