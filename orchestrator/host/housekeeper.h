// Housekeeping of the store that this process owns, on a thread of its own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "orchestrator/base/time.h"
#include "orchestrator/host/retention.h"
#include "orchestrator/store/housekeeping.h"

namespace orch::host {

/// Packs runs that have ended, removes those that are kept no longer, and gives free pages back. It
/// works a fifth of the time at most, so that it is in the way of no run; what fails is told in the
/// log and tried again.
class Housekeeper {
 public:
  /// `store` must be owned by this process.
  explicit Housekeeper(std::string store);
  /// Waits for the step under way: some milliseconds.
  ~Housekeeper();
  Housekeeper(const Housekeeper&) = delete;
  Housekeeper& operator=(const Housekeeper&) = delete;

  /// How long runs are kept, from now on. Until it is told, all are. Thread-safe.
  void keep(RetentionDefaults retention);

 private:
  void run();
  /// All return false when this is to end.
  bool tidy(store::Housekeeping& keeping);
  bool pack(store::Housekeeping& keeping);
  bool remove(store::Housekeeping& keeping);
  bool give_back(store::Housekeeping& keeping);
  bool wait(Millis longest);
  bool rest_after(std::chrono::steady_clock::time_point step_began);

  std::string store_;
  Instant began_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool closing_ = false;  ///< guarded by mutex_, as the rest
  bool told_ = false;     ///< by keep(), since the thread has waited
  std::optional<RetentionDefaults> retention_;
  std::chrono::steady_clock::time_point next_removal_;
  std::thread thread_;
};

}  // namespace orch::host
