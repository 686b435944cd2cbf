// CSV files as a source: a connection is a folder, a table is a file in it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

#include "workers/data/connector.h"
#include "workers/files/store.h"

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
/// a pattern (`sales_*.csv`, `raw/source=*/*.csv`, `raw/**`) or a folder of files with the same
/// header, read in the order of their names; never a path out of the folder. Folders
/// `day=2026-11-30` between the table's own folder and its files are columns. Every column is
/// Kind::text but for those whose type the relation's rules pin. Lines may end in LF or CRLF.
/// `display` names the connection in messages. Throws TaskFailed "Connection.Down" when the folder
/// is not there.
std::unique_ptr<data::Source> open_source(const std::filesystem::path& folder, Options options,
                                          std::string display);
/// The same for a store, of which nothing is asked yet.
std::unique_ptr<data::Source> open_source(files::StorePointer store, Options options,
                                          std::string display);

/// Throws TaskFailed "Connection.Down" when `folder` is not a folder that can be listed.
void ping(const std::filesystem::path& folder);

/// "csv:FOLDER", with a member "csv" for the options.
const data::Connector& connector();

}  // namespace orch::csv
