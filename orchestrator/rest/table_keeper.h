// Keeps the index of tables up with the journal of the store, on a thread of its own.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "orchestrator/engine/feed.h"
#include "orchestrator/view/table_index.h"

namespace orch::rest {

class TableKeeper {
 public:
  /// `store` is the URL of the store whose engine tells `feed`, which must outlive this. The index
  /// is the file STORE.tables.
  TableKeeper(engine::Feed& feed, const std::string& store);
  ~TableKeeper();
  TableKeeper(const TableKeeper&) = delete;
  TableKeeper& operator=(const TableKeeper&) = delete;

  /// Calls `work` with the index. Thread-safe.
  template <class Work>
  auto read(const Work& work) {
    const std::scoped_lock lock(mutex_);
    return work(index_);
  }

 private:
  class Folder;

  std::mutex mutex_;
  view::TableIndex index_;  ///< guarded by mutex_: a connection of its own, for readers
  std::unique_ptr<Folder> folder_;
};

}  // namespace orch::rest
