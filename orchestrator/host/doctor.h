// Is all well with a run store and the machine it is on?
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/base/time.h"

namespace orch::host {

enum class Severity : std::uint8_t { well, warning, error };

std::string_view to_string(Severity severity);

/// What was looked at, and what was found there.
struct Finding {
  /// "store", "owner", "runs", "clock", "disk", "files"; of targets "evidence", "leftovers",
  /// "targets"
  std::string subject;
  Severity severity = Severity::well;
  std::string what;
  std::string hint = {};  ///< what to do about it
};

/// Reads all of the store, beside its owner, and changes nothing. Throws Error ORCH-0208 when there
/// is no store, ORCH-0207 when it is of another version.
std::vector<Finding> examine(const std::string& store_url, Instant now);

/// Of all files of the store that this machine has.
std::uintmax_t store_bytes(const std::string& store_url);

}  // namespace orch::host
