// What a trigger says when it fires, and what becomes of it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "orchestrator/base/time.h"
#include "orchestrator/store/pipelines.h"

namespace orch::engine {

/// A trigger fires.
struct Fire {
  std::string pipeline;
  std::string trigger;  ///< its name in the pipeline, or one of pipeline/trigger.h
  std::string kind;     ///< "schedule", "files", "after", "webhook", "manual", "api"
  /// Names the fire among those of its trigger: the time of a schedule, the batch of files, the
  /// idempotency key of a request. The same again fires nothing.
  std::string key;
  Instant at;                             ///< what the run is for
  std::string facts = "{}";               ///< JSON object: the trigger's own, for `$trigger`
  std::optional<std::string> input = {};  ///< JSON text: instead of the pipeline's input
  bool asked = false;                     ///< by somebody: a pause does not keep it back
  /// What has become of it before any rule of the pipeline is asked: skipped or refused, and why.
  struct Declined {
    store::FireOutcome outcome = store::FireOutcome::skipped;
    std::string reason;
  };
  std::optional<Declined> declined = {};
  bool refused_again = false;  ///< one that was refused is decided anew
  /// Called in the turn once the fire is recorded for the first time, maybe again after a store
  /// error: what it writes to the store is in the same commit. May be empty.
  std::function<void(store::Store& store, const store::FireRow& fire)> also = {};
};

struct Fired {
  store::FireRow fire;
  bool again = false;  ///< it had been recorded before
};

/// A fire that is to be decided, and how late it is.
struct NewFire {
  store::FireRow fire;
  bool waiting = false;  ///< it is in the queue already
  bool asked = false;
  Millis late{0};
  Millis catch_up = Millis::max();
};

}  // namespace orch::engine
