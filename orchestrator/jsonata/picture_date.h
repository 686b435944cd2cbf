// Dates and times by pictures, after XPath's format-dateTime(). Internal to the module.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace orch::jsonata {

/// `millis` since 1970 in the time zone "+0530"; without a picture as ISO 8601. Throws Error D3130
/// to D3135.
std::string picture_date(double millis, std::optional<std::string_view> picture,
                         std::optional<std::string_view> timezone);

/// Milliseconds since 1970; nothing when the text does not fit the picture. What the picture leaves
/// out before its first component comes from `now`. Throws Error D3110 (no ISO 8601 text), D3130 to
/// D3136.
std::optional<double> read_date(std::string_view text, std::optional<std::string_view> picture,
                                double now);

}  // namespace orch::jsonata
