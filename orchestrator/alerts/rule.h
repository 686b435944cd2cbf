// When somebody is to be told of what: data of a pipeline, or of the server's configuration.
//
//   {"on": "failed", "times": 3, "to": ["ops"], "severity": "critical",
//    "repeat": "4h", "escalate": {"after": "1h", "to": ["pager"]}}
//
// Pure: no clock, file or thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/alerts/promise.h"
#include "orchestrator/json/fields.h"

namespace orch::alerts {

enum class Condition : std::uint8_t {
  failed,       ///< so many runs in a row
  late,         ///< the promise of freshness is not kept
  not_started,  ///< a fire time passed, and there is no run
  drift,        ///< a source's columns are no longer those of the last load
  warning,      ///< the run succeeded after tasks of it had failed
  slow,         ///< the run takes a multiple of what the latest ones took
  store,        ///< the run store cannot be written, or is damaged
  disk,         ///< the disk of the run store is nearly full
};

std::string_view to_string(Condition condition);
/// Whether it is about the server, and no pipeline's or workflow's business.
bool is_of_server(Condition condition);

struct Escalation {
  std::chrono::seconds after{0};  ///< since the alert began
  std::vector<std::string> to;
};

struct Rule {
  std::string name;  ///< unique among the rules of a subject
  Condition when = Condition::failed;
  std::string severity = "warning";                ///< or "critical"
  std::vector<std::string> to;                     ///< names of channels
  std::int64_t times = 1;                          ///< failed: in a row
  double factor = 3;                               ///< slow: of the median
  double free_percent = 10;                        ///< disk: less than this is told
  std::chrono::seconds patience{900};              ///< not_started: after the fire time
  std::optional<Promise> promise = {};             ///< late; unset: the pipeline's
  std::optional<std::chrono::seconds> every = {};  ///< not_started, without a schedule
  std::chrono::seconds repeat{4 * 3'600};          ///< while it lasts; 0: told once
  std::optional<Escalation> escalation = {};
};

/// One rule; `kind` ("an alert") names its object in problems. Members in `elsewhere` were read by
/// the caller. A rule without a name is named after its condition and its place among others.
Rule read_rule(json::Fields& fields, const std::string& kind);

/// The member `field`: an array of rules. Two of the same name are a problem.
std::vector<Rule> read_rules(json::Fields& document, std::string_view field);

}  // namespace orch::alerts
