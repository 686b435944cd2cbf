// Pipelines' schedules: whose time has come, fires.
//
// A schedule is a matter of the wall clock, which may be set in either direction. Each trigger has
// a position in the store, up to which its fire times are decided: it only grows, in the same
// commit as the fires, so a clock that is put back repeats nothing, and what it was put forward
// over comes at once and is judged by the catch-up window. Triggers of other kinds fire through the
// same door: see fires.h.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/engine/fires.h"
#include "orchestrator/engine/participant.h"
#include "orchestrator/engine/runs.h"
#include "orchestrator/engine/wakeup.h"
#include "orchestrator/pipeline/document.h"

namespace orch::engine {

class Schedules final : public Participant {
 public:
  /// `enabled`: they fire here. `wall` tells the time.
  Schedules(Runs& runs, Fires& fires, Wakeup& wakeup, bool enabled, std::function<Instant()> wall)
      : runs_(runs), fires_(fires), wakeup_(wakeup), wall_(std::move(wall)), enabled_(enabled) {
    changed_ = enabled;
  }

  /// Rows of pipelines have changed, or fires were queued from outside. Thread-safe.
  void changed();

  void decide() override;
  void rolled_back() override { reread_ = true; }
  bool has_work() const override;
  Millis patience() const override;

 private:
  struct Timer {
    std::string name;  ///< of the trigger
    std::string text;
    pipeline::ScheduleTrigger trigger;
    Instant position;                  ///< what fires up to it is decided
    std::optional<Instant> next = {};  ///< when the next one comes, with its delay; unset: never
  };
  struct Scheduled {
    std::shared_ptr<const pipeline::Pipeline> document;
    std::vector<Timer> timers;
  };

  void read_all();
  Scheduled scheduled(const store::PipelineRow& row);
  void set_next(const std::string& pipeline, Timer& timer) const;
  bool is_due(const Scheduled& pipeline, Instant now) const;
  void fire(const std::string& pipeline, Scheduled& scheduled, Instant now);
  std::vector<NewFire> take_due(const std::string& pipeline, Timer& timer, Instant now);
  template <class Work>
  void guarded(const std::string& pipeline, const Work& work);

  Runs& runs_;
  Fires& fires_;
  Wakeup& wakeup_;
  std::function<Instant()> wall_;
  const bool enabled_;
  std::atomic<bool> changed_ = false;
  bool reread_ = false;  ///< a turn failed: positions are those of the store
  std::map<std::string, Scheduled> pipelines_;
  /// Pipelines that cannot be worked with, and why: left alone until something changes.
  std::map<std::string, std::string> broken_;
};

}  // namespace orch::engine
