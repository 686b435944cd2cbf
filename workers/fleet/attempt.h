// One task at work: what its worker says, and whether anybody still wants the result.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "orchestrator/base/time.h"
#include "workers/worker.h"

namespace orch::fleet {

class Attempt final : public workers::TaskContext {
 public:
  /// What becomes of the result.
  enum class Fate : std::uint8_t {
    wanted,
    lost,     ///< the endpoint has given the task up: a result is not wanted
    released  ///< this process ends: somebody else shall do it
  };

  bool stop_requested() const override { return fate() != Fate::wanted; }
  void report(const workers::Progress& progress) override;
  void heartbeat() override { alive_.store(true, std::memory_order_relaxed); }

  Fate fate() const { return fate_.load(std::memory_order_relaxed); }
  /// Asks the worker to stop; the first reason counts.
  void stop(Fate why);

  /// Whether the worker has given a sign of life since the last call.
  bool take_sign() { return alive_.exchange(false, std::memory_order_relaxed); }
  std::optional<workers::Progress> progress() const;

 private:
  std::atomic<Fate> fate_ = Fate::wanted;
  std::atomic<bool> alive_ = true;
  mutable std::mutex mutex_;
  std::optional<workers::Progress> progress_;
};

/// Calls `beat` on a thread of its own, every `interval` for as long as it lives.
class Heart {
 public:
  Heart(Millis interval, std::function<void(const Heart&)> beat);
  /// Waits for a beat under way.
  ~Heart();
  Heart(const Heart&) = delete;
  Heart& operator=(const Heart&) = delete;

  /// True once the heart is about to be destroyed; a beat that takes long should end then.
  bool ending() const { return ending_.load(std::memory_order_relaxed); }

 private:
  void run(Millis interval);

  std::function<void(const Heart&)> beat_;
  std::atomic<bool> ending_ = false;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::thread thread_;
};

}  // namespace orch::fleet
