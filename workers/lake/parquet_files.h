// Writes rows into Parquet files of a table.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "orchestrator/db/duckdb.h"
#include "workers/delta/schema.h"

namespace orch::lake {

/// Files that one writer makes, numbered.
class ParquetFiles {
 public:
  /// `prefix`: of their names. Partition columns are in the folders of the files, not in them.
  ParquetFiles(std::filesystem::path table, std::vector<delta::Field> fields,
               std::vector<std::string> partition, std::string prefix);

  /// Writes the rows of `from` (SQL after FROM: a table, or a query in brackets), durably; one file
  /// for each partition, none for no rows. Throws duckdb::Error, std::system_error, TaskFailed
  /// "Type.ValueRefused" for a partition value that no folder can say.
  void write(duckdb::Connection& connection, const std::string& from);

  const std::vector<delta::AddedFile>& files() const { return files_; }
  /// Removes what was written; the load or publish was given up.
  void remove() noexcept;

 private:
  using Partition = std::map<std::string, std::optional<std::string>>;

  std::vector<Partition> partitions_of(duckdb::Connection& connection, const std::string& from);
  void write_file(duckdb::Connection& connection, const std::string& from,
                  const Partition& partition);
  std::string folder_of(const Partition& partition) const;
  std::string condition(const Partition& partition) const;

  std::filesystem::path table_;
  std::vector<delta::Field> fields_;  ///< all of the table
  std::vector<delta::Field> kept_;    ///< those in the files
  std::vector<std::string> partition_;
  std::string prefix_;
  int number_ = 0;
  std::vector<delta::AddedFile> files_;
};

/// "numRecords", "minValues", "maxValues", "nullCount" of the rows of `from`, as the log has them.
/// Bounds that would not hold to the last digit (long texts, NaN) are left out.
std::string statistics(duckdb::Connection& connection, const std::vector<delta::Field>& fields,
                       const std::string& from);

}  // namespace orch::lake
