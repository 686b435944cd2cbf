// A cell of any source as a value of a target's column: the one rule of all targets. What arrives
// is the same value, or it is refused (docs/types.md says which values are the same).
//
// Each function is a rule: it answers with the value that a column of its kind takes for a cell of
// any type, unset when there is none. Where the result is longer than a number it lives in the cell
// or in `scratch`, which a target keeps from value to value so that none is allocated for each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "workers/data/cell.h"
#include "workers/data/table.h"

namespace orch::rows {

/// Booleans; the whole numbers 0 and 1; true, t, yes, y, on, 1 and their opposites in any case.
std::optional<bool> boolean_of(const data::Cell& cell);
/// Whole numbers from `least` to `most`; a boolean is 0 or 1, a float or decimal without fraction
/// is one.
std::optional<std::int64_t> integer_of(const data::Cell& cell, std::int64_t least,
                                       std::int64_t most);
/// Numbers that the column gives back; special ones, too.
std::optional<double> double_of(const data::Cell& cell);
std::optional<float> float_of(const data::Cell& cell);
/// NaN or an infinity, as a text, a float or a decimal.
std::optional<double> special_of(const data::Cell& cell);
/// Finite numbers. With `precision`, the number must fit the scale. A double has 15 decimal digits:
/// where its shortest text is too long for the scale, what those say counts (0.1 + 0.2 is 0.3).
std::optional<data::Decimal> decimal_of(const data::Cell& cell, int precision, int scale,
                                        std::string& scratch);
/// The same, special ones included.
std::optional<data::Decimal> number_of(const data::Cell& cell, int precision, int scale,
                                       std::string& scratch);
/// Blobs, and the bytes of texts. `texts`: the source has only texts, which spell bytes `\x0aff`.
std::optional<std::string_view> bytes_of(const data::Cell& cell, bool texts, std::string& scratch);
/// Texts as they are; booleans as true and false, floats in their shortest digits, decimals in all
/// of theirs, dates and times in ISO 8601 as PostgreSQL prints them, UUIDs in small letters. Unset
/// for blobs.
std::optional<std::string_view> text_of(const data::Cell& cell, std::string& scratch);
/// Days since 2000-01-01.
std::optional<std::int32_t> date_of(const data::Cell& cell);
/// Microseconds since midnight.
std::optional<std::int64_t> time_of(const data::Cell& cell);
/// Microseconds since 2000-01-01 00:00; a date is its midnight. Values with a zone have none here.
std::optional<std::int64_t> timestamp_of(const data::Cell& cell);
/// The same in UTC; values without a zone have none here.
std::optional<std::int64_t> timestamptz_of(const data::Cell& cell);
/// 16 bytes.
std::optional<std::string_view> uuid_of(const data::Cell& cell, std::string& scratch);

/// True when the text is a value of `kind`: a date or time, a UUID, JSON; true for all other kinds.
bool spells(std::string_view text, data::Kind kind);

}  // namespace orch::rows
