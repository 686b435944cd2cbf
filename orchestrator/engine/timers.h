// What is due when: a heap of instants.
#pragma once

#include <optional>
#include <queue>
#include <utility>
#include <vector>

#include "orchestrator/engine/clock.h"
#include "orchestrator/store/store.h"

namespace orch::engine {

/// Something that is due for a run.
struct Timer {
  Instant due;  ///< on the steady clock (clock.h)
  store::ExecutionId execution{};
  execution::EventId id = 0;  ///< of the event that set it, or the ticket of a task
};

/// Timers are never removed: one whose reason is gone is ignored when it is due.
class Timers {
 public:
  void add(const Timer& timer) { heap_.push(timer); }
  /// Removes and returns the next timer that is due at `now`.
  std::optional<Timer> take(Instant now) {
    if (heap_.empty() || heap_.top().due > now) return std::nullopt;
    auto timer = heap_.top();
    heap_.pop();
    taken_.push_back(timer);
    return timer;
  }
  /// Until the next is due.
  Millis patience() const {
    if (heap_.empty()) return Millis::max();
    return std::max(heap_.top().due - steady_now(), Millis{0});
  }

  void committed() { taken_.clear(); }
  /// What was taken since the last commit is due again.
  void rolled_back() {
    for (const auto& timer : std::exchange(taken_, {})) heap_.push(timer);
  }

 private:
  struct Later {
    bool operator()(const Timer& a, const Timer& b) const { return a.due > b.due; }
  };
  std::priority_queue<Timer, std::vector<Timer>, Later> heap_;
  std::vector<Timer> taken_;
};

}  // namespace orch::engine
