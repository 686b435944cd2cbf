// DuckDB files as sources and targets, Parquet files as sources; read and written by DuckDB.
#pragma once

#include <chrono>
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

/// Opens the database file `path` for writing; it is made with the first load when its folder
/// exists. `patience` is how long other processes that have the file open are waited for before
/// TaskFailed "Target.Locked"; writers of this process queue for their turn without a limit. True
/// from `stop` ends a wait, with Cancelled. Throws as open_source().
std::unique_ptr<data::Target> open_target(
    const std::filesystem::path& path, std::string display,
    std::chrono::milliseconds patience = std::chrono::seconds(60), std::function<bool()> stop = {});

/// Throws as open_source() does; returns the library's version.
std::string ping(const Place& place);

/// "duckdb:FILE".
const data::Connector& connector();

}  // namespace orch::duckdb
