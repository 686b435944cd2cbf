// How other threads wake the engine's.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "orchestrator/base/time.h"

namespace orch::engine {

/// All functions but wait() and pause() are thread-safe.
class Wakeup {
 public:
  /// Something has arrived.
  void ring();
  /// The engine is to close.
  void close();
  bool is_closing() const;
  /// True when something has arrived since the last wait().
  bool has_rung() const { return arrived_.load(std::memory_order_relaxed); }

  /// Returns when something has arrived, the engine is to close, or `patience` is over. `soon`:
  /// it may arrive within microseconds.
  void wait(Millis patience, bool soon);
  /// Waits, whatever arrives. False: the engine is to close.
  bool pause(Millis duration);

 private:
  mutable std::mutex mutex_;  ///< guards all below
  std::condition_variable changed_;
  std::atomic<bool> arrived_ = false;  ///< since the last wait(); read without the mutex as well
  bool closing_ = false;
};

}  // namespace orch::engine
