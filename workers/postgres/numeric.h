// numeric and date-time values in PostgreSQL's binary form, exactly or not at all.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "workers/data/table.h"

namespace orch::postgres {

/// Appends the bytes of a numeric (without the length) as numeric_send() writes them. `text` is a
/// plain or scientific decimal, NaN, Infinity or -Infinity. With `column.precision` set, the value
/// must fit without rounding and gets the column's scale. False: not a number, or it does not fit.
bool append_numeric(std::string& out, std::string_view text, const data::Column& column);

/// Days since 2000-01-01 of "2026-01-31" (also "infinity" and "-infinity", and years of more
/// digits). Unset for anything that is not a date.
std::optional<std::int32_t> date_days(std::string_view text);

/// Microseconds since midnight of "23:59[:59[.999999]]".
std::optional<std::int64_t> time_micros(std::string_view text);

/// Microseconds since 2000-01-01 00:00 of a date, with " " or "T" and a time, or alone. With
/// `zoned`, the text must end in "Z" or an offset, which is applied; else it must not have one.
std::optional<std::int64_t> timestamp_micros(std::string_view text, bool zoned);

/// 16 bytes of a UUID with or without hyphens; false for anything else.
bool append_uuid(std::string& out, std::string_view text);

}  // namespace orch::postgres
