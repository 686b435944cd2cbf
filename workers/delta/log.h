// The log of a Delta table on a disk: which files are the table, version after version. Source:
// github.com/delta-io/delta, PROTOCOL.md ("Delta Transaction Log Protocol").
//
//   TABLE/_delta_log/00000000000000000007.json                one action a line: version 7
//   TABLE/_delta_log/00000000000000000010.checkpoint.parquet  all that holds in version 10
//   TABLE/_delta_log/_last_checkpoint                         {"version": 10, …}
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "orchestrator/db/duckdb.h"

namespace orch::delta {

/// What is there is no log, or one of a kind that is not read.
class LogError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct AddedFile {
  std::string path;  ///< below the table's folder
  std::map<std::string, std::optional<std::string>> partition;
  std::int64_t size = 0;
  std::int64_t modified = 0;  ///< milliseconds since 1970
  std::string stats;          ///< JSON; empty: none
};

/// A file that is no longer part of the table, and stays for readers of older versions.
struct RemovedFile {
  std::string path;
  std::int64_t removed = 0;  ///< milliseconds since 1970
};

/// A table at one version.
struct Snapshot {
  std::int64_t version = -1;  ///< -1: there is no table
  boost::json::object protocol;
  boost::json::object metadata;
  std::map<std::string, AddedFile> files;  ///< by path
  std::map<std::string, RemovedFile> removed;
  std::map<std::string, boost::json::object> transactions;  ///< "txn" of writers, by their id

  bool exists() const { return version >= 0; }
  /// Takes on one action. Throws LogError for what is not as the protocol says.
  void apply(const boost::json::object& action);
};

std::filesystem::path log_folder(const std::filesystem::path& table);
/// Whether the folder is a Delta table.
bool is_table(const std::filesystem::path& table);

/// The newest version, from the newest checkpoint on; no table: version -1. `connection` reads
/// checkpoints. Throws LogError (also for what readers of version 1 cannot read), duckdb::Error.
Snapshot read_log(duckdb::Connection& connection, const std::filesystem::path& table);

/// The commitInfo of the versions after `after` that are there as JSON, oldest first.
std::vector<boost::json::object> commit_infos(const std::filesystem::path& table,
                                              std::int64_t after);

/// Writes `actions` as `version`, durably, if nobody has written that version; false: somebody has.
/// The first action should be the commitInfo. Throws std::system_error.
bool commit(const std::filesystem::path& table, std::int64_t version,
            const std::vector<boost::json::object>& actions);

/// Writes the checkpoint of a version and names it as the last. Throws duckdb::Error,
/// std::system_error.
void write_checkpoint(duckdb::Connection& connection, const std::filesystem::path& table,
                      const Snapshot& snapshot);

/// Actions of the log.
boost::json::object add_action(const AddedFile& file);
boost::json::object remove_action(const AddedFile& file, std::int64_t now);

}  // namespace orch::delta
