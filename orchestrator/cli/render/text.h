// Words for people: widths on a terminal, counts, durations, instants.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "orchestrator/base/time.h"

namespace orch::cli::render {

/// Columns that UTF-8 `text` takes on a terminal: 0 for combining characters, 2 for East Asian wide
/// ones and emoji. Bytes that are not UTF-8 count 1.
std::size_t display_width(std::string_view text);

/// one_line(`text`) in at most `width` columns; what is cut off is shown by "…".
std::string fit(std::string_view text, std::size_t width);
/// The same for ASCII text whose end matters: what is cut off is in front.
std::string fit_end(std::string_view text, std::size_t width);

/// 1234567 as "1,234,567".
std::string count_text(std::int64_t count);
/// Rows a second: "950/s", "12,400/s", "1.2 M/s".
std::string rate_text(double per_second);
/// "850 ms", "4.2 s", "2 m 05 s", "1 h 02 m", "3 d 04 h". Negative durations show as 0.
std::string duration_text(Millis duration);
/// "2026-01-01 01:00:00 CET", in the user's zone; "2026-01-01 00:00:00 UTC" where `utc`.
std::string instant_text(Instant instant, bool utc);
/// "1 run", "2 runs".
std::string plural(std::int64_t count, std::string_view noun);

}  // namespace orch::cli::render
