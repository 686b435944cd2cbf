// A write to a target database: our turn, a connection, one transaction.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "orchestrator/db/sqlite_db.h"
#include "workers/sqlite/bookkeeping.h"
#include "workers/sqlite/failures.h"
#include "workers/sqlite/write_turn.h"

namespace orch::sqlite {

/// Where a target lives and how it is spoken of.
struct TargetFile {
  std::filesystem::path path;
  std::string display;
  std::chrono::milliseconds patience;                 ///< for locks of other processes
  std::function<bool()> stop = [] { return false; };  ///< true ends what takes long, with Cancelled

  Place place(std::string doing) const { return {"Target", display, std::move(doing)}; }
};

/// Opens the file in WAL mode, creating it when need be; foreign keys are not enforced, for a
/// publish checks them itself.
Database open_writer(const TargetFile& file);

/// True when the path leads to another file now.
bool has_moved(Database& db);

/// Holds the write lock of the file, whose bookkeeping tables are there, from construction to
/// commit() or destruction, which rolls back. May be handed from thread to thread.
class WriteTransaction {
 public:
  /// Waits for our turn in this process, then up to the file's patience for other processes;
  /// throws Error with SQLITE_BUSY after it, workers::Cancelled when `file.stop` or `also` answers
  /// true while others of this process have their turn. The same ends a statement that runs, with
  /// SQLITE_INTERRUPT.
  explicit WriteTransaction(const TargetFile& file, std::function<bool()> also = {})
      : stop_([stop = file.stop, also = std::move(also)] {
          return (stop && stop()) || (also && also());
        }),
        turn_(file.path, stop_),
        db_(open_prepared(file, turn_)),
        transaction_(db_) {
    watch_.emplace(db_, stop_);
  }
  WriteTransaction(const WriteTransaction&) = delete;
  WriteTransaction& operator=(const WriteTransaction&) = delete;
  /// A connection that failed is closed: who comes next begins with one of its own.
  ~WriteTransaction() {
    watch_.reset();
    if (committed_) turn_.leave(std::move(db_));
  }

  Database& db() { return db_; }
  void commit() {
    transaction_.commit();
    committed_ = true;
  }

 private:
  static Database open_prepared(const TargetFile& file, WriteTurn& turn) {
    auto left = turn.take();
    if (left && has_moved(*left)) left.reset();
    auto db = left ? *std::move(left) : open_writer(file);
    db.set_busy_timeout(file.patience);
    prepare_bookkeeping(db, file.display);
    return db;
  }

  std::function<bool()> stop_;
  WriteTurn turn_;
  Database db_;
  Transaction transaction_;
  std::optional<StopWatch> watch_;
  bool committed_ = false;
};

}  // namespace orch::sqlite
