// The Parquet files behind the tables of a folder.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "workers/data/source.h"
#include "workers/files/folder.h"

namespace orch::duckdb {

struct ParquetTable {
  std::vector<files::FileState> files;  ///< sorted by path
  /// The names in the folders `name=value` between the table's folder and its files, in order: its
  /// partition columns.
  std::vector<std::string> partitions;
};

/// Whether a folder of a table can have this name.
bool is_plain_name(const std::string& name);

/// The table `name` of `folder`, see open_source(). Throws TaskFailed "Source.TableMissing", and
/// "Source.Malformed" when the folders of its files name other columns than those of the first.
ParquetTable parquet_table(const std::filesystem::path& folder, const std::string& name);

/// The names of the parts `name=value` of a path, in order.
std::vector<std::string> partitions_in(const std::filesystem::path& path);

/// Parquet files under their names without the ending, folders that hold some (also in folders of
/// their own), and what is not taken. Names that begin with a point or an underscore are not looked
/// at: programs put there what is not data.
std::vector<data::Listed> list_parquet(const std::filesystem::path& folder);

}  // namespace orch::duckdb
