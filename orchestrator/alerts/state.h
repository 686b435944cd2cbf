// What is remembered of a subject (a pipeline, a workflow without one, the server) between
// evaluations.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/base/time.h"

namespace orch::alerts {

/// An alert that has begun and is not over.
struct Incident {
  Instant since;
  std::optional<Instant> told = {};  ///< last; unset: no message was sent yet
  std::int64_t count = 0;            ///< how often it happened
  std::int64_t untold = 0;           ///< of these, since it was told last
  std::string text;                  ///< the latest
  std::string run = {};              ///< id of the latest; may be empty
  bool escalated = false;

  friend bool operator==(const Incident&, const Incident&) = default;
};

struct SubjectState {
  std::optional<Instant> known_since = {};   ///< the first evaluation
  std::optional<Instant> last_success = {};  ///< end of the run
  std::optional<Instant> last_start = {};
  std::int64_t failures = 0;                       ///< in a row
  std::vector<std::int64_t> took_ms = {};          ///< of the latest successes, the oldest first
  std::map<std::string, Incident> incidents = {};  ///< by the rule's name

  friend bool operator==(const SubjectState&, const SubjectState&) = default;
};

/// JSON text.
std::string to_text(const SubjectState& state);
/// Reads what to_text() wrote. Throws json::SyntaxError or std::exception for anything else.
SubjectState state_from(std::string_view text);

}  // namespace orch::alerts
