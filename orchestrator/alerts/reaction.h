// What a pipeline does by itself when a run of it fails.
//
//   "on_failure": {"resume": 2, "after": "10m", "pipeline": "cleanup"}
//
// The run is resumed up to so many times, each time after a pause; when that is used up, or at once
// without it, the other pipeline (or workflow) is started, with the failure in its input.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "orchestrator/json/fields.h"

namespace orch::alerts {

struct Reaction {
  std::int64_t resumes = 0;                  ///< of one run
  std::chrono::seconds after{300};           ///< between failure and resume
  std::optional<std::string> pipeline = {};  ///< started when the run has failed for good
  std::optional<std::string> workflow = {};  ///< likewise: a shipped one, or a definition's path
};

/// The member "on_failure"; empty when it is absent.
std::optional<Reaction> read_reaction(json::Fields& document);

}  // namespace orch::alerts
