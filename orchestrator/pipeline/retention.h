// How long runs are kept.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "orchestrator/base/time.h"
#include "orchestrator/json/fields.h"

namespace orch::pipeline {

/// A limit that is unset keeps for ever; where several are set, a run goes by the first.
struct Retention {
  std::optional<std::int64_t> days = {};  ///< since the end of a run
  std::optional<std::int64_t> runs = {};  ///< so many of the latest that succeeded
  /// Of runs that did not succeed, which somebody may want to resume; unset: `days`. The number of
  /// runs does not limit them.
  std::optional<std::int64_t> failure_days = {};

  bool keeps_all() const { return !days && !runs && !failure_days; }
};

/// The member "retention" of a pipeline; unset when it is absent.
std::optional<Retention> read_retention(json::Fields& pipeline);

/// Decides about the runs of one pipeline or workflow, which are told newest first.
class RetentionCount {
 public:
  RetentionCount(Retention limits, Instant now) : limits_(limits), now_(now) {}

  /// Why the run is to go; empty: it is kept.
  std::string why_not_keep(bool succeeded, Instant ended_at);

 private:
  Retention limits_;
  Instant now_;
  std::int64_t succeeded_ = 0;
};

}  // namespace orch::pipeline
