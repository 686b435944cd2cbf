// A cell of any source as a value of a kind: the one rule of all targets. What arrives is the same
// value, or it is refused (docs/types.md says which values are the same).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "workers/data/row.h"
#include "workers/data/table.h"
#include "workers/rows/decimal.h"

namespace orch::rows {

/// 0 and 1; true, t, yes, y, on, 1 and their opposites in any case.
std::optional<bool> boolean_of(const data::Cell& cell);
/// Whole numbers from `least` to `most`; a double without fraction is one.
std::optional<std::int64_t> integer_of(const data::Cell& cell, std::int64_t least,
                                       std::int64_t most);
std::optional<double> double_of(const data::Cell& cell);
std::optional<float> float_of(const data::Cell& cell);
/// NaN or an infinity, as a text or a double.
std::optional<double> special_of(const data::Cell& cell);
/// With `precision`, the number must fit the scale. A double has 15 decimal digits: where its
/// shortest text is too long for the scale, what those say counts (0.1 + 0.2 is 0.3).
std::optional<Decimal> decimal_of(const data::Cell& cell, int precision, int scale);
/// Blobs, and the bytes of texts. `texts`: the source has only texts, which spell bytes `\x0aff`.
/// The result lives in the cell or in `scratch`.
std::optional<std::string_view> bytes_of(const data::Cell& cell, bool texts, std::string& scratch);
/// Texts as they are and numbers in their shortest digits; a value of `from` boolean is true or
/// false, of float32 a float. Unset for blobs. The result lives in the cell or in `scratch`.
std::optional<std::string_view> text_of(const data::Cell& cell, data::Kind from,
                                        std::string& scratch);
/// True when the text is a value of `kind`: a date or time, a UUID, JSON; true for all other kinds.
bool spells(std::string_view text, data::Kind kind);

/// Why a value of another kind than `kind` (with precision and scale of `column`) is refused, to be
/// told after the value and the type.
std::string_view expectation(data::Kind kind);

}  // namespace orch::rows
