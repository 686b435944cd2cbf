// The first record of a file, and whether its dialect is the expected one.
#pragma once

#include <string>
#include <vector>

#include "workers/csv/csv.h"
#include "workers/files/store.h"

namespace orch::csv {

/// The column names of one file. Throws TaskFailed "Source.Malformed" when a header is missing, has
/// an empty or a repeated name, or is one column that shows another delimiter.
std::vector<std::string> read_header(const files::Store& store, const files::FileState& file,
                                     const Options& options);

/// Those of all `files`, of which there is one at least. Throws also when one differs from the
/// first.
std::vector<std::string> header_of(const files::Store& store,
                                   const std::vector<files::FileState>& files,
                                   const Options& options);

/// The bytes of a file, unpacked.
files::ReadBlock open_text(const files::Store& store, const files::FileState& file);

}  // namespace orch::csv
