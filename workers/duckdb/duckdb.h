// DuckDB files and Parquet files as sources, read by DuckDB.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "workers/data/connector.h"

namespace orch::duckdb {

/// What a connection leads to.
struct Place {
  std::filesystem::path path;  ///< a database file, or a folder
  bool folder = false;         ///< of Parquet files
  std::string display;
};

/// Tables of a database file are its tables and views. Of a folder, a table is a Parquet file
/// (`name` or `name.parquet`), a pattern of files (`sales_*.parquet`), or a folder in it with
/// Parquet files, whose folders `key=value` are columns. Queries see the folder's tables by
/// their names, and no other file. The file is opened to be read only. Throws TaskFailed
/// "Connection.Down", "Connection.Refused", "Connection.LibraryMissing".
std::unique_ptr<data::Source> open_source(Place place);

/// Throws as open_source() does; returns the library's version.
std::string ping(const Place& place);

/// "duckdb:FILE".
const data::Connector& connector();
/// "parquet:FOLDER".
const data::Connector& parquet_connector();

}  // namespace orch::duckdb
