// Dates and times in ISO 8601, as PostgreSQL prints and reads them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orch::rows {

inline constexpr std::int64_t micros_per_second = 1'000'000;
inline constexpr std::int64_t micros_per_day = 86'400 * micros_per_second;

/// Days since 2000-01-01 of "2026-01-31" (years of 4 to 7 digits; "0044-03-15 BC"), within
/// PostgreSQL's range; "infinity" and "-infinity" are the largest and smallest number. Unset for
/// anything that is not a date of the Gregorian calendar.
std::optional<std::int32_t> date_days(std::string_view text);

/// Microseconds since midnight of "23:59[:59[.999999]]", at most "24:00:00".
std::optional<std::int64_t> time_micros(std::string_view text);

/// Microseconds since 2000-01-01 00:00 of a date alone, or with " " or "T" and a time. With
/// `zoned`, "Z" or an offset (+02, +0530, +05:30, +05:30:15) must follow, which is applied; else
/// there must be none. Infinities as for dates.
std::optional<std::int64_t> timestamp_micros(std::string_view text, bool zoned);

/// Microseconds since 2000-01-01 00:00 at the beginning of a day; unset where no timestamp is.
std::optional<std::int64_t> midnight_of(std::int32_t days);

/// The same values in PostgreSQL's ISO spelling, appended: "0044-03-15 BC", "23:59:59.5",
/// "2026-01-31 23:59:59.5", zoned with "+00", the ends of time "infinity" and "-infinity".
void append_date(std::string& out, std::int32_t days);
void append_time(std::string& out, std::int64_t micros);
void append_timestamp(std::string& out, std::int64_t micros, bool zoned);

/// True when a type that keeps `digits` digits of a second keeps `micros` as they are.
bool keeps_micros(std::int64_t micros, int digits);

}  // namespace orch::rows
