// The threads that do tasks.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "orchestrator/asl/failure.h"
#include "orchestrator/base/time.h"
#include "orchestrator/store/store.h"
#include "workers/worker.h"

namespace orch::engine {

/// One delivery of a task: shared by the engine and the worker thread that has it.
class Delivery final : public workers::TaskContext {
 public:
  using Listener = std::function<void(const Delivery&, const workers::Progress&)>;

  store::ExecutionId execution{};
  machine::Ticket ticket{};
  std::string input;   ///< JSON text; parsed by the worker thread
  workers::Task task;  ///< without its input
  std::optional<std::int64_t> heartbeat_seconds;
  bool submits = false;  ///< the worker's result is a receipt; a token brings the task's
  /// Belongs to the engine's thread: the history has, or will have, the task's start.
  bool announced = false;

  /// Called on the worker's thread for every report; set before the delivery is queued.
  Listener on_progress;
  /// Answers claim(); likewise.
  std::function<std::optional<workers::Holder>(const std::vector<std::string>&)> on_claim;

  bool stop_requested() const override { return stop_.load(std::memory_order_relaxed); }
  void report(const workers::Progress& progress) override;
  void heartbeat() override;
  std::optional<workers::Holder> claim(const std::vector<std::string>& names) override;

  void request_stop() { stop_.store(true, std::memory_order_relaxed); }
  /// Unix ms of the latest sign of life; 0 before the work began.
  std::int64_t last_sign() const { return last_sign_.load(std::memory_order_relaxed); }
  /// The latest report, if there was one; `fresh` is set when it is new since the last call.
  std::optional<workers::Progress> latest_progress(bool& fresh);

 private:
  std::atomic<bool> stop_ = false;
  std::atomic<std::int64_t> last_sign_ = 0;
  std::mutex mutex_;
  std::optional<workers::Progress> progress_;
  bool fresh_ = false;
};

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
  std::shared_ptr<Delivery> delivery;
  std::variant<Done, asl::Failure, Stopped, Waits> what;
};

/// N threads over one queue. A worker's exceptions end here.
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
  std::deque<std::shared_ptr<Delivery>> queue_;
  std::atomic<bool> news_ = false;  ///< queue_ or closed_ has changed; read without the mutex
  bool lingering_ = false;          ///< a thread looks at news_
  std::vector<std::shared_ptr<Delivery>> at_work_;  ///< by thread; null: idle
  int busy_ = 0;
  bool closed_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace orch::engine
