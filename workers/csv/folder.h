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

/// All entries of the folder but hidden ones, sorted: files that end in .csv (in any case; .tsv and
/// .tab where the delimiter is a tab) under their name without the ending, and what is not taken.
std::vector<data::Listed> list_files(const std::filesystem::path& folder, const Options& options);

/// The files of table `name`, sorted. Throws TaskFailed "Source.TableMissing" when there is none
/// or the name leaves the folder.
std::vector<std::filesystem::path> files_of(const std::filesystem::path& folder,
                                            const std::string& name);

/// Column names of all `files`. Throws TaskFailed "Source.Malformed" when a header is missing,
/// has an empty or a repeated name, differs from the first file's, or is one column that shows
/// another delimiter.
std::vector<std::string> header_of(const std::vector<std::filesystem::path>& files,
                                   const Options& options);

/// Rows in the files, guessed from the first lines of the first one.
std::int64_t estimate_rows(const std::vector<std::filesystem::path>& files);

}  // namespace orch::csv
