// A task on its way to a worker and back.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/base/time.h"
#include "orchestrator/store/store.h"
#include "workers/completable.h"
#include "workers/worker.h"

namespace orch::engine {

/// One delivery of a task: shared by the engine and the worker thread that has it.
class Delivery final : public workers::TaskContext, public workers::Completable {
 public:
  using Listener = std::function<void(const Delivery&, const workers::Progress&)>;

  store::ExecutionId execution{};
  store::ExecutionId run{};   ///< that the execution is, or is an iteration of
  std::string group;          ///< what is treated alike: the run's pipeline, or its workflow
  std::int64_t priority = 0;  ///< the larger goes first
  execution::Ticket ticket{};
  std::string input;   ///< JSON text; parsed by the worker thread
  workers::Task task;  ///< without its input
  std::optional<std::int64_t> heartbeat_seconds;
  /// The worker's result is a receipt; a token brings the task's. Of the worker while it is at
  /// work.
  bool submits = false;
  /// Belongs to the engine's thread: the history has, or will have, the task's start.
  bool announced = false;

  /// Called on the worker's thread for every report; set before the delivery is queued.
  Listener on_progress;
  /// Answers claim(); likewise.
  std::function<std::optional<workers::Holder>(const std::vector<std::string>&)> on_claim;

  /// Answers admit() when something may be limited: `is_limited` (of the run's pipeline), or while
  /// `engaged`; likewise.
  std::function<workers::Admitted(Delivery&)> on_admit;
  std::function<void(const std::vector<std::string>&)> on_answered;
  bool is_limited = false;
  const std::atomic<bool>* engaged = nullptr;
  // These belong to the engine's thread.
  bool comes_back = false;  ///< it was stopped to be delivered again later
  bool gave_back = false;   ///< its task waits, or is with another delivery

  bool stop_requested() const override { return stop_.load(std::memory_order_relaxed); }
  void report(const workers::Progress& progress) override;
  void heartbeat() override;
  std::optional<workers::Holder> claim(const std::vector<std::string>& names) override;
  workers::Admitted admit(const workers::Needs& needs) override;
  void answered(const std::vector<std::string>& connections) override;
  void complete() override { submits = false; }

  void request_stop() { stop_.store(true, std::memory_order_relaxed); }
  /// Milliseconds of the steady clock at the latest sign of life; 0 before the work began.
  std::int64_t last_sign() const { return last_sign_.load(std::memory_order_relaxed); }
  /// The latest report, if there was one; `fresh` is set when it is new since the last call.
  std::optional<workers::Progress> latest_progress(bool& fresh);
  /// What its worker has asked for; empty before it has.
  workers::Needs needs() const;

 private:
  std::atomic<bool> stop_ = false;
  std::atomic<std::int64_t> last_sign_ = 0;
  mutable std::mutex mutex_;
  workers::Needs needs_;
  std::optional<workers::Progress> progress_;
  bool fresh_ = false;
};

}  // namespace orch::engine
