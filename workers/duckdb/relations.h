// Tables and queries as DuckDB's SQL sees them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "workers/duckdb/duckdb.h"
#include "workers/duckdb/files.h"

namespace orch::duckdb {

class Connection;

/// A relation that can be read.
struct Relation {
  data::Table table;
  std::string from;                     ///< what comes after FROM, named `source`
  std::vector<files::FileState> files;  ///< of a table of Parquet files
};

inline constexpr const char* default_schema = "main";

/// Condition on the rows of DuckDB's table functions: those of the relation `name` of the open
/// database, ASCII case aside. `name_column` is what a function calls its relations.
std::string is_relation(const data::TableName& name, const char* name_column);

/// Throws TaskFailed "Source.TableMissing", "Source.Malformed", and Error.
Relation find_relation(Connection& connection, const Place& place, const data::Relation& relation);

/// Tables and views of the users' schemas; `main` is not named.
std::vector<data::Listed> list_database(Connection& connection);

/// The author's condition in brackets; empty: none. Throws TaskFailed "Source.QueryFailed".
std::string condition_of(const std::string& where);

}  // namespace orch::duckdb
