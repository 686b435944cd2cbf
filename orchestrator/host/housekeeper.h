// Housekeeping of the store that this process owns, on a thread of its own.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "orchestrator/base/time.h"
#include "orchestrator/store/housekeeping.h"

namespace orch::host {

/// Packs runs that have ended and gives free pages back, as long as it lives. It works a fifth of
/// the time at most, so that it is in the way of no run; what fails is told in the log and tried
/// again.
class Housekeeper {
 public:
  /// `store` must be owned by this process.
  explicit Housekeeper(std::string store);
  /// Waits for the step under way: some milliseconds.
  ~Housekeeper();
  Housekeeper(const Housekeeper&) = delete;
  Housekeeper& operator=(const Housekeeper&) = delete;

 private:
  void run();
  void tidy(store::Housekeeping& keeping);
  /// False: this is to end.
  bool wait(Millis longest);
  bool rest_after(std::chrono::steady_clock::time_point step_began);

  std::string store_;
  Instant began_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool closing_ = false;  ///< guarded by mutex_
  std::thread thread_;
};

}  // namespace orch::host
