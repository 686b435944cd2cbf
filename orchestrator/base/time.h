// Instants and durations. All instants are UTC with millisecond resolution.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace orch {

using Millis = std::chrono::milliseconds;
using Instant = std::chrono::sys_time<Millis>;

/// `2023-11-21T06:27:31.545Z`: what the context object and all output for people show.
std::string to_iso(Instant instant);

/// Reads an ISO 8601 date-time with `T`, an offset or `Z`, and any number of fraction digits
/// (beyond milliseconds cut off). Empty when the text is anything else.
std::optional<Instant> from_iso(std::string_view text);

}  // namespace orch
