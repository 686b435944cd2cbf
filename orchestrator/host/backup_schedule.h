// Backups that a server makes by itself.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace orch::host {

/// Makes a backup, on a thread of its own, whenever the latest one in a folder or bucket is older
/// than `every`; one that fails is told in the log and tried again.
class BackupSchedule {
 public:
  struct Plan {
    std::string to;  ///< as in back_up(), with '/' at its end
    std::chrono::seconds every{};
    int keep = 0;  ///< so many; 0: all
  };
  BackupSchedule(std::string store, Plan plan);
  /// Waits for a backup under way.
  ~BackupSchedule();
  BackupSchedule(const BackupSchedule&) = delete;
  BackupSchedule& operator=(const BackupSchedule&) = delete;

 private:
  void run();
  /// False: this is to end.
  bool wait();
  void back_up_when_due();

  std::string store_;
  Plan plan_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool closing_ = false;  ///< guarded by mutex_
  std::thread thread_;
};

}  // namespace orch::host
