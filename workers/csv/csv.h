// CSV files as a source: a connection is a folder, a table is a file in it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

#include "workers/data/connector.h"

namespace orch::csv {

/// How the files of a folder are written (RFC 4180, with the liberties named here).
struct Options {
  char delimiter = ',';
  char quote = '"';
  bool header = true;  ///< the first record names the columns; else column1, column2, …
  std::string null;    ///< an unquoted field equal to this is NULL; "" when quoted is a text
  std::string encoding = "UTF-8";  ///< any name iconv knows; a byte order mark is skipped
  std::size_t max_record_bytes = std::size_t{16} << 20;  ///< of one record, as UTF-8
};

/// Opens the folder. A table is `name` or `name.csv`, packed with gzip (.gz) or zstd (.zst) or not,
/// or a glob (`sales_*.csv`) of files with the
/// same header, read in the order of their names; never a path out of the folder. Every column is
/// Kind::text. Lines may end in LF or CRLF. `display` names the connection in messages.
/// Throws TaskFailed "Connection.Down" when the folder is not there.
std::unique_ptr<data::Source> open_source(const std::filesystem::path& folder, Options options,
                                          std::string display);

/// Throws TaskFailed "Connection.Down" when `folder` is not a folder that can be listed.
void ping(const std::filesystem::path& folder);

/// "csv:FOLDER", with a member "csv" for the options.
const data::Connector& connector();

}  // namespace orch::csv
