#include "orchestrator/store/sqlite/checkpointer.h"

#include <optional>
#include <pthread.h>
#include <utility>

#include "orchestrator/base/log.h"

namespace orch::store {
namespace {

// Pages of 4 KiB in the log: from how many new ones on it is carried over, and from how many in all
// on a commit does it.
constexpr int enough = 1'000;
constexpr int too_many = 4'000;

}  // namespace

Checkpointer::Checkpointer(sqlite::Database& owner, std::filesystem::path path)
    : owner_(owner.handle()), path_(std::move(path)), thread_([this] { run(); }) {
  pthread_setname_np(thread_.native_handle(), "orch-checkpoint");
  sqlite3_wal_hook(owner_, committed, this);
}

Checkpointer::~Checkpointer() {
  sqlite3_wal_hook(owner_, nullptr, nullptr);
  {
    const std::scoped_lock lock(mutex_);
    closing_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

// After each commit. What goes wrong here is no error of the commit, and the next one tries again.
int Checkpointer::committed(void* self, sqlite3* db, const char* schema, int pages) {
  auto& mine = *static_cast<Checkpointer*>(self);
  if (pages < mine.done_) mine.done_ = 0;  // the log began anew
  if (pages >= too_many)
    sqlite3_wal_checkpoint_v2(db, schema, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (pages - mine.done_ < enough) return SQLITE_OK;
  {
    const std::scoped_lock lock(mine.mutex_);
    mine.wanted_ = true;
  }
  mine.changed_.notify_one();
  return SQLITE_OK;
}

bool Checkpointer::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return wanted_ || closing_; });
  return !closing_;
}

void Checkpointer::run() {
  std::optional<sqlite::Database> db;
  while (wait()) {
    try {
      if (!db) db.emplace(path_, sqlite::Access::read_write);
      checkpoint(*db);
    } catch (const std::exception& error) {
      log::debug("checkpoint: {}", error.what());
    }
    const std::scoped_lock lock(mutex_);
    wanted_ = false;
  }
}

void Checkpointer::checkpoint(sqlite::Database& db) {
  sqlite::Statement query(db, "PRAGMA wal_checkpoint(PASSIVE)");
  if (query.step()) done_ = static_cast<int>(query.int64(1));
}

}  // namespace orch::store
