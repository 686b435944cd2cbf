// Numbers in text and in binary floating point.
//
// The rule: a decimal number arrives in a floating-point column when the column gives back its
// digits. 0.1 and 0.10000000000000001 are the double 0.1, for it is 0.10000000000000001 to 17
// digits; 3.14159265358979323846 has more digits than a double keeps, and is refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orch::rows {

/// Decimal digits, with or without a sign; unset for anything else and beyond 64 bits.
std::optional<std::int64_t> exact_integer(std::string_view text);

/// The nearest double or float, by the rule above; unset for anything else, and for NaN and
/// infinities.
std::optional<double> exact_double(std::string_view text);
std::optional<float> exact_float(std::string_view text);
/// The same for a value that is a double already: its shortest digits are its number.
std::optional<float> exact_float(double value);
/// An integer that the type holds.
std::optional<double> exact_double(std::int64_t value);

/// "NaN", "Infinity" and "inf" in any case, the latter two with or without a sign.
std::optional<double> special_number(std::string_view text);

/// The shortest text that reads back as `value`; "NaN", "Infinity" and "-Infinity". The result may
/// live in `scratch`.
std::string_view number_text(double value, std::string& scratch);
std::string_view number_text(float value, std::string& scratch);

}  // namespace orch::rows
