// Members of alerts' documents that several of them have. Internal to alerts.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "orchestrator/base/error.h"
#include "orchestrator/json/fields.h"
#include "orchestrator/schedule/interval.h"

namespace orch::alerts {

/// "90s", "15m", "1h30m"; unset when absent or a problem.
inline std::optional<std::chrono::seconds> read_duration(json::Fields& fields,
                                                         std::string_view field) {
  const auto text = fields.string(field);
  if (!text) return std::nullopt;
  try {
    return schedule::parse_duration(*text);
  } catch (const Error& error) {
    fields.problem(field, error.what(), error.hint());
    return std::nullopt;
  }
}

/// Of clocks: "2 h 5 min", "3 days".
std::string spelled(std::chrono::milliseconds time);

}  // namespace orch::alerts
