// What the engine commits, folded once for all that tell others of it: metrics, log lines, traces.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "orchestrator/engine/feed.h"
#include "orchestrator/monitor/watched_run.h"
#include "orchestrator/store/redaction.h"

namespace orch::monitor {

/// One committed event with the run as it was when it happened.
struct Happening {
  const WatchedRun& run;
  const store::ExecutionRow& row;  ///< after all events of its turn
  const execution::Event& event;
  const WatchedState* state;  ///< that the event belongs to; may be null
};

/// Is told what runs do, on the monitor's thread. An exception costs it that one event.
class Listener {
 public:
  virtual ~Listener() = default;
  Listener() = default;
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  virtual void happened(const Happening& happening) = 0;
  /// `rows` and `bytes` are what has come since the last report.
  virtual void moved(const WatchedRun& /*run*/, const std::string& /*phase*/, std::int64_t /*rows*/,
                     std::int64_t /*bytes*/) {}
  /// Events were dropped because this thread was too slow: the store has them.
  virtual void missed() {}
};

/// How much is open, at a time.
struct OpenWork {
  std::int64_t running = 0;  ///< runs that move
  std::int64_t waiting = 0;  ///< runs that wait for another run
  std::int64_t paused = 0;
  std::int64_t queued_tasks = 0;  ///< scheduled, not begun
  std::int64_t begun_tasks = 0;
  std::optional<Instant> oldest_task;  ///< when it was scheduled
};

/// Follows all runs of a store on a thread of its own; never holds up the engine.
class Monitor {
 public:
  /// Reads the store at the URL `store` for runs under way. `feed` and the listeners must outlive
  /// it; what is committed after this is told.
  Monitor(engine::Feed& feed, const std::string& store, std::vector<Listener*> listeners);
  /// Tells what was committed before, then ends.
  ~Monitor();
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  OpenWork open_work() const;

 private:
  void run(const std::stop_token& stop);
  void take(engine::FeedBatch batch);
  engine::Committed hidden(engine::Committed committed);
  void take(const engine::Committed& committed);
  void take(const std::string& run, const engine::TaskProgress& report);
  void reload();
  void find_trace(const store::ExecutionRow& row, WatchedRun& run);
  WatchedRun& load(const store::ExecutionRow& row, execution::EventId before);
  template <class Tell>
  void tell(const Tell& tell);

  const std::string store_url_;
  const std::vector<Listener*> listeners_;
  std::unique_ptr<engine::Subscription> news_;
  std::unique_ptr<store::Store> reader_;
  store::Redactors redactors_;  ///< logs and traces are for people
  mutable std::mutex mutex_;    ///< guards runs_
  std::map<std::string, WatchedRun> runs_;
  std::jthread thread_;
};

}  // namespace orch::monitor
