// The turn under way: its time, its transaction, and how much of it is used up.
//
// What a turn is. Everything that arrives is decided by executions in memory, the events of all of
// them are appended in one transaction, and only then does anything follow from them:
//
//     arrived ─▶ decided ─▶ written ─▶ committed ─▶ carried out
//        ▲          │          │
//        └──────────┴──────────┘  rolled back
//
// States of a run in memory (active.h). *Created*: it began in this turn; a failed commit removes
// it. *Touched*: it takes part in this turn. *Stale*: a commit failed, so memory is folded again
// from the store before the next use; the store's word counts, because a commit that reported an
// error may have been kept. *Deciding elsewhere*: a long decision is under way (decisions.h) and
// what arrives for the run waits for it. A run that has ended or is set aside leaves memory.
//
// What is volatile. Everything in memory is a cache of the store or can be had again: deliveries
// (their tasks are open in the history and are delivered again, with a larger fence), timers and
// heartbeats (folded from `due`), map runs (counted anew from their children's rows), queues of
// activities (open tasks), reports that came before their task was submitted (their callers have no
// answer yet), long decisions (the stimulus is decided again), callers that wait. Nothing is told
// outside before the commit.
//
// Threads and locks. Every participant and follower belongs to the engine's thread. Other threads
// hand things over through Arrivals (arrivals.h), each with its own mutex, and then wake the
// engine through Wakeup; Delivery, ItemFeed, ResultJob, WorkerPool and DecisionThreads have one
// mutex each. No two of these are ever held at once, and none is held while a store, an observer
// or a worker is called, so there is no order to keep. The engine's thread joins no other one
// before it is closed: what is not wanted is left to Background.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/base/secret.h"
#include "orchestrator/engine/active.h"
#include "orchestrator/engine/clock.h"
#include "orchestrator/engine/run_id.h"
#include "orchestrator/engine/wakeup.h"
#include "orchestrator/execution/execution.h"
#include "orchestrator/store/store.h"

namespace orch::engine {

/// Until when a turn decides what callers ask for, what workers have done, fires of pipelines,
/// nested executions, and map runs: each gets its share, however much there is of the others.
namespace share {
inline constexpr Millis commands{15};
inline constexpr Millis news{30};
inline constexpr Millis fires{35};
inline constexpr Millis nested{45};
inline constexpr Millis map_runs{50};
/// How long runs go on with what they have left to do; less when something has arrived meanwhile.
inline constexpr Millis more{10};
inline constexpr Millis more_when_awaited{3};
}  // namespace share

class Turn {
 public:
  /// Recorded times go on after the latest in the histories of the runs under way.
  Turn(store::Store& store, const Wakeup& wakeup);

  void begin();
  /// Nothing happens when nothing was written. When it is unknown whether it was kept, the store is
  /// asked: to decide the same again would do twice what was kept. Throws Error ORCH-0219 when it
  /// cannot be asked.
  void commit();
  void roll_back();

  /// As it is recorded.
  Instant now() const { return now_; }
  const Clock& clock() const { return clock_; }
  /// Begins with the first call.
  store::Turn& transaction();
  bool has_written() const { return transaction_ != nullptr; }
  /// A run that the store has, with its event `last`, once this turn is committed.
  void brings(store::ExecutionId run, execution::EventId last) { brings_ = {{run, last}}; }
  /// How often transaction() was called, ever.
  std::uint64_t writes() const { return writes_; }

  /// True when the time, the events or the bytes of this turn are used up.
  bool is_full(Millis share) const;
  /// True when something has arrived since this turn began.
  bool is_awaited() const { return wakeup_.has_rung(); }
  void count(const std::vector<execution::Event>& events);

  execution::Stimulus stimulus(Active::What what);
  execution::Moment moment();
  std::string new_run_id() { return run_ids_.next(now_); }

 private:
  bool is_kept();

  store::Store& store_;
  const Wakeup& wakeup_;
  Clock clock_;
  Instant now_{};
  std::chrono::steady_clock::time_point began_{};
  std::unique_ptr<store::Turn> transaction_;
  std::optional<std::pair<store::ExecutionId, execution::EventId>> brings_;
  std::uint64_t writes_ = 0;
  std::size_t events_ = 0;
  std::size_t bytes_ = 0;  ///< of the events' payloads, as text
  SecretSource secrets_;
  RunIds run_ids_;
};

}  // namespace orch::engine
