// A zone of a lake: a folder with one Delta table for each target table.
//
//   ZONE/TABLE/_delta_log/…                         which files are the table (workers/delta)
//   ZONE/TABLE/orch-RUN-LOAD-PART-NUMBER.zstd.parquet
//   ZONE/_orch/TABLE.json                           the staged load and the fence
//   ZONE/_orch/TABLE.files.json                     the ledger of files that loads brought
//   ZONE/_orch/TABLE.lock                           locked by who stages, verifies or publishes
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "workers/data/failure.h"
#include "workers/data/table.h"
#include "workers/data/turn.h"

namespace orch::lake {

struct Zone {
  std::filesystem::path folder;  ///< absolute
  std::string display;
  std::chrono::hours retention{168};           ///< of files that no newest version needs
  std::int64_t file_bytes = 64 * 1024 * 1024;  ///< of encoded rows in one file
  std::map<std::string, std::vector<std::string>> partition_by;   ///< columns, by table
  std::chrono::milliseconds patience = std::chrono::seconds(60);  ///< for other processes
  std::function<bool()> stop = [] { return false; };

  std::filesystem::path table(const std::string& name) const { return folder / name; }
  std::filesystem::path state(const std::string& name) const;
  std::filesystem::path ledger(const std::string& name) const;
  data::Place place(std::string doing) const { return {"Target", display, std::move(doing)}; }
};

/// The tables that have a staged load or a fence, by name.
std::vector<std::string> tables_with_state(const Zone& zone);

/// The right to stage, verify or publish a table, held until destroyed, also by the end of the
/// process. Writers of this process take turns.
class TableLock {
 public:
  /// Waits up to the zone's patience for other processes. Throws data::DatabaseError (locked),
  /// workers::Cancelled.
  TableLock(const Zone& zone, const std::string& table, const std::function<bool()>& stop);
  TableLock(const TableLock&) = delete;
  TableLock& operator=(const TableLock&) = delete;
  ~TableLock();

 private:
  data::Turn turn_;
  int file_ = -1;
};

/// Milliseconds since 1970, as logs have them.
std::int64_t millis_of(std::chrono::system_clock::time_point time);
std::int64_t millis_now();

/// Whether the name of a file says that orch has written it.
bool is_ours(std::string_view file_name);
/// The beginning of the names of a load's files.
std::string file_prefix(const std::string& run, const std::string& load);

}  // namespace orch::lake
