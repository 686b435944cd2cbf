// The types of columns that DuckDB writes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "workers/data/table.h"

namespace orch::duckdb {

/// The column of a new table for values of `source`; Kind::other where no type holds all of them.
data::Column column_for(const std::string& name, const data::Column& source);

/// The column of the type that a catalog wishes: DuckDB's own names and those of PostgreSQL; unset
/// for what cannot be written.
std::optional<data::Column> column_wished(const std::string& name, std::string_view type);

/// Whether values can be written into a column of a table that is there.
bool is_written(const data::Column& column);

/// The SQL of the type of a column that is_written().
std::string type_sql(const data::Column& column);

/// How many bytes a value of the column has in memory; 0: a length and as many.
std::size_t bytes_of(const data::Column& column);

}  // namespace orch::duckdb
