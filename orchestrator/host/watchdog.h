// Tells the service manager that the engine answers.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "orchestrator/base/time.h"
#include "orchestrator/engine/engine.h"

namespace orch::host {

/// Asks the engine a few times within the interval that the service manager has set, and tells it
/// of each answer. An engine that hangs is restarted then, and goes on with its runs. Without a
/// manager, or an interval of it, this does nothing.
class Watchdog {
 public:
  /// `engine` must outlive it.
  explicit Watchdog(engine::Engine& engine);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  void run(Millis interval);

  engine::Engine& engine_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool closing_ = false;  ///< guarded by mutex_
  std::thread thread_;
};

}  // namespace orch::host
