// The threads that do tasks.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "orchestrator/asl/failure.h"
#include "orchestrator/engine/delivery.h"
#include "orchestrator/engine/fair_queue.h"

namespace orch::engine {

/// How a delivery ended.
struct WorkerNews {
  struct Done {
    std::string output;  ///< JSON text
  };
  /// Without a result, because that was asked for.
  struct Stopped {};
  /// Likewise, until these names are free.
  struct Waits {
    std::vector<std::string> names;
  };
  /// Likewise, before it began: it was not admitted.
  struct Held {};
  std::shared_ptr<Delivery> delivery;
  std::variant<Done, asl::Failure, Stopped, Waits, Held> what;
};

/// Threads over one queue: `threads` for the tasks of any one run, and some more, so that a run
/// with many long tasks leaves room for those of others. A worker's exceptions end here.
class WorkerPool {
 public:
  using Sink = std::function<void(WorkerNews)>;

  /// `sink` is called on the worker threads.
  WorkerPool(const workers::Registry& registry, int threads, Sink sink);
  /// Waits for the tasks at work; queued ones are dropped.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  void queue(std::vector<std::shared_ptr<Delivery>> deliveries);
  /// What the threads do at this moment.
  std::vector<std::shared_ptr<Delivery>> at_work();
  /// Drops what is queued and takes nothing more.
  void close();
  /// True when no thread works within `patience`.
  bool wait_quiet(Millis patience);

 private:
  void run(std::shared_ptr<Delivery>& mine);
  void linger(std::unique_lock<std::mutex>& lock);
  WorkerNews perform(const std::shared_ptr<Delivery>& delivery) const;

  const workers::Registry& registry_;
  Sink sink_;
  std::mutex mutex_;  ///< guards all below but threads_
  std::condition_variable wake_;
  std::condition_variable quiet_;
  FairQueue queue_;
  std::atomic<bool> news_ = false;  ///< queue_ or closed_ has changed; read without the mutex
  bool lingering_ = false;          ///< a thread looks at news_
  bool one_at_a_time_ = false;      ///< the last queue() had one delivery, as in a chain of tasks
  std::vector<std::shared_ptr<Delivery>> at_work_;  ///< by thread; null: idle
  int busy_ = 0;
  bool closed_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace orch::engine
