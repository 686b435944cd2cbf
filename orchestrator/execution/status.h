// How far a run is.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace orch::execution {

enum class Status : std::uint8_t { running, succeeded, failed, timed_out, aborted };

/// "RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED".
std::string_view to_string(Status status);
std::optional<Status> status_from(std::string_view name);

/// Where an execution is stopped for being too large; 0: never.
struct Quotas {
  std::int64_t payload_bytes = 0;  ///< of a state's or task's output, as JSON text
  std::int64_t events = 0;         ///< of the history
};

}  // namespace orch::execution
