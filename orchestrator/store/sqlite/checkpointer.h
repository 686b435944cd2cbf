// The owner's log of a store is carried over into its file beside the engine.
#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include "orchestrator/db/sqlite_db.h"

namespace orch::store {

/// SQLite carries its log over (a checkpoint) in the commit that makes the log long. Where large
/// payloads are written that takes as long as writing them did, and whoever commits waits for it.
/// This does it on a thread and a connection of its own. A commit does it only where the thread
/// does not keep up, so that the log stays bounded.
class Checkpointer {
 public:
  /// For the commits of `owner`, a connection to `path` that must outlive this.
  Checkpointer(sqlite::Database& owner, std::filesystem::path path);
  /// Waits for the checkpoint under way.
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

 private:
  static int committed(void* self, sqlite3* db, const char* schema, int pages);
  void run();
  bool wait();
  void checkpoint(sqlite::Database& db);

  sqlite3* owner_;
  std::filesystem::path path_;
  std::atomic<int> done_ = 0;  ///< pages of the log when the latest checkpoint began
  std::mutex mutex_;           ///< guards the two below
  std::condition_variable changed_;
  bool wanted_ = false;
  bool closing_ = false;
  std::thread thread_;
};

}  // namespace orch::store
