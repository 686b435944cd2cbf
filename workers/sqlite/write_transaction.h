// A write to a target database: our turn, a connection, one transaction.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
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
        db_(open_prepared(file)),
        watch_(db_, stop_),
        transaction_(db_) {}

  Database& db() { return db_; }
  void commit() { transaction_.commit(); }

 private:
  static Database open_prepared(const TargetFile& file) {
    auto db = open_writer(file);
    prepare_bookkeeping(db, file.display);
    return db;
  }

  std::function<bool()> stop_;
  WriteTurn turn_;
  Database db_;
  StopWatch watch_;
  Transaction transaction_;
};

}  // namespace orch::sqlite
