// The dialect of a file, as far as its beginning shows it.
#pragma once

#include <string>
#include <vector>

#include "workers/csv/csv.h"
#include "workers/files/store.h"

namespace orch::csv {

struct Sniffed {
  Options options;                 ///< what was asked for, with what the file shows otherwise
  std::vector<std::string> notes;  ///< what it shows, for people
};

/// Looks at the first MiB. A byte order mark, bytes that are no UTF-8, and NULs in every other byte
/// tell the encoding; the delimiter (of comma, semicolon, tab and bar) is the one by which the
/// records have the same number of fields, more than one; `connection` says what is tried first.
/// Throws as files::Store does.
Sniffed sniff(const files::Store& store, const files::FileState& file, const Options& connection);

}  // namespace orch::csv
