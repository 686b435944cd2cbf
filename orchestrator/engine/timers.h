// What is due when: a heap of instants.
#pragma once

#include <optional>
#include <queue>
#include <vector>

#include "orchestrator/store/store.h"

namespace orch::engine {

/// A timer of an execution, or a look at the heartbeat of a task. Timers are never removed: one
/// whose reason is gone is ignored when it is due, by the machine or the engine.
struct Timer {
  enum class Kind : std::uint8_t { event, heartbeat };
  Instant due;  ///< on the steady clock (clock.h)
  store::ExecutionId execution{};
  execution::EventId id = 0;  ///< of the event that set it; for heartbeats the ticket
  Kind kind = Kind::event;
};

class Timers {
 public:
  void add(const Timer& timer) { heap_.push(timer); }
  std::optional<Instant> next() const {
    return heap_.empty() ? std::nullopt : std::optional(heap_.top().due);
  }
  /// Removes and returns the next timer that is due at `now`.
  std::optional<Timer> take(Instant now) {
    if (heap_.empty() || heap_.top().due > now) return std::nullopt;
    auto timer = heap_.top();
    heap_.pop();
    return timer;
  }

 private:
  struct Later {
    bool operator()(const Timer& a, const Timer& b) const { return a.due > b.due; }
  };
  std::priority_queue<Timer, std::vector<Timer>, Later> heap_;
};

}  // namespace orch::engine
