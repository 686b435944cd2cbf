// Table names and the files behind them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "workers/csv/csv.h"
#include "workers/files/folder.h"

namespace orch::csv {

/// files::list_files() of those that end in .csv (.tsv and .tab where the delimiter is a tab).
std::vector<data::Listed> list_files(const std::filesystem::path& folder, const Options& options);

/// files::files_of() the folder.
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
