#include "orchestrator/host/backup_schedule.h"

#include <exception>
#include <pthread.h>
#include <utility>

#include "orchestrator/base/log.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/host/backup.h"
#include "orchestrator/host/backup_place.h"

namespace orch::host {
namespace {

// The folder is looked at so often; of a bucket that is one listing.
constexpr std::chrono::minutes backup_interval{1};

}  // namespace

BackupSchedule::BackupSchedule(std::string store, Plan plan)
    : store_(std::move(store)), plan_(std::move(plan)), thread_([this] { run(); }) {
  pthread_setname_np(thread_.native_handle(), "orch-backup");
}

BackupSchedule::~BackupSchedule() {
  {
    const std::scoped_lock lock(mutex_);
    closing_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

bool BackupSchedule::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, backup_interval, [this] { return closing_; });
  return !closing_;
}

void BackupSchedule::run() {
  do {
    try {
      back_up_when_due();
    } catch (const std::exception& error) {
      log::error({{"event", "backup failed"}}, "{}", error.what());
    }
  } while (wait());
}

void BackupSchedule::back_up_when_due() {
  const auto now = wall_now();
  if (BackupPlace(plan_.to, now).latest() > backup_time(now - plan_.every)) return;
  const auto made = back_up(store_, plan_.to, plan_.keep, now);
  log::info(
      {{"event", "backup made"}, {"place", made.place}, {"bytes", made.bytes}, {"runs", made.runs}},
      "read back and compared");
}

}  // namespace orch::host
