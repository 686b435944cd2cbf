// Decimal numbers of any length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "workers/data/cell.h"

namespace orch::rows {

/// True for digits with at most one point, a sign, an exponent of any size.
bool looks_decimal(std::string_view text);

/// Reads "-12.50", ".5", "+1e5": digits with at most one point, a sign, an exponent of at most
/// 20,000. Unset for anything else, NaN and infinities included. The digits live in
/// `scratch`, of which `text` is no part.
std::optional<data::Decimal> read_decimal(std::string_view text, std::string& scratch);

/// The number in plain digits, as PostgreSQL prints it: "-12.50", "0.00", "NaN", "-Infinity". The
/// result may live in `scratch`.
std::string_view decimal_text(const data::Decimal& decimal, std::string& scratch);

/// The number, if it is a whole one of 64 bits.
std::optional<std::int64_t> decimal_integer(const data::Decimal& decimal);

/// True for the same finite number; how it is written (1.0 and 1.00), and the sign of zero, do not
/// matter.
bool same_number(const data::Decimal& left, const data::Decimal& right);

/// Digits without the zeros at the end.
std::string_view significant_digits(const data::Decimal& decimal);

/// Gives the finite number the scale of a column numeric(precision, scale). False when digits other
/// than zero would be lost, or there are too many before the point.
bool fit(data::Decimal& decimal, int precision, int scale);

}  // namespace orch::rows
