// A trigger that fires after runs of other pipelines, or loads of datasets.
//
//   {"after": ["treaties", "fx_rates"]}
//   {"after": {"datasets": ["treaties", "fx_rates"]}, "fresher_than": "06:00"}
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "orchestrator/json/fields.h"
#include "orchestrator/schedule/zone.h"

namespace orch::pipeline {

struct AfterTrigger {
  std::vector<std::string> pipelines;
  std::vector<std::string> datasets;  ///< keys of tables
  /// Time of day on the clocks of the zone; unset: each of them has succeeded again.
  std::optional<std::chrono::minutes> fresher_than;
  schedule::Zone zone{"UTC"};
};

/// Reads after, fresher_than and zone. Empty when one of them is a problem.
std::optional<AfterTrigger> read_after_trigger(json::Fields& trigger);

/// A pipeline's latest run that succeeded, or a dataset's latest load that was published.
struct Success {
  std::string name;
  std::string run_id;
  Instant started_at;  ///< its data are of then: when the run began, or the source was read
  Instant ended_at;    ///< or published
  bool dataset = false;
};

struct DueAfter {
  std::string key;  ///< of the fire: the day, or the run that came last
  Instant at;
};

/// Whether the trigger fires at `now`. `latest` has the successes that there are; `last` is the
/// time of the trigger's last fire, or since when there is the trigger. With `fresher_than` it is
/// due once a day, when each pipeline and dataset has a success of that time of the day or later;
/// the key says whether the day's fire is decided already.
std::optional<DueAfter> due_after(const AfterTrigger& trigger, std::span<const Success> latest,
                                  Instant last, Instant now);

}  // namespace orch::pipeline
