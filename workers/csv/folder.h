// Table names and the files behind them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "workers/csv/csv.h"

namespace orch::csv {

/// A file as it was when its reading began; a later difference spoils the read.
struct FileState {
  std::filesystem::path path;
  std::uintmax_t bytes = 0;
  std::filesystem::file_time_type modified;

  friend bool operator==(const FileState&, const FileState&) = default;
};

/// Throws TaskFailed "Source.Failed" when the file cannot be looked at.
FileState look(const std::filesystem::path& path);

/// Names, without ".csv", of all tables of the folder, sorted.
std::vector<std::string> table_names(const std::filesystem::path& folder);

/// The files of table `name`, sorted. Throws TaskFailed "Source.TableMissing" when there is none
/// or the name leaves the folder.
std::vector<std::filesystem::path> files_of(const std::filesystem::path& folder,
                                            const std::string& name);

/// Column names of all `files`. Throws TaskFailed "Source.Malformed" when a header is missing,
/// has an empty or a repeated name, or differs from the first file's.
std::vector<std::string> header_of(const std::vector<std::filesystem::path>& files,
                                   const Options& options);

/// Rows in the files, guessed from the first lines of the first one.
std::int64_t estimate_rows(const std::vector<std::filesystem::path>& files);

}  // namespace orch::csv
