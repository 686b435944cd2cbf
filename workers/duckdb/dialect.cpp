#include "workers/duckdb/dialect.h"

#include <strings.h>

#include <fmt/format.h>

#include "orchestrator/db/duckdb.h"
#include "workers/duckdb/column_type.h"
#include "workers/duckdb/relations.h"

namespace orch::duckdb {
namespace {

constexpr std::size_t most_columns_of_a_table = 2'000;

bool same(std::string_view left, std::string_view right) {
  return left.size() == right.size() && strncasecmp(left.data(), right.data(), left.size()) == 0;
}

/// Its values may be equal and not the same to the byte: 0.0 and -0.0; texts under a collation.
std::string to_the_byte(const data::Column& column, const std::string& value) {
  switch (column.kind) {
    case data::Kind::float32:
    case data::Kind::float64:
      return fmt::format("CAST({} AS VARCHAR)", value);
    case data::Kind::text:
      return fmt::format("encode({})", value);
    default:
      return value;
  }
}

}  // namespace

std::string DuckdbDialect::quote(std::string_view name) const { return duckdb::quote(name); }

std::string DuckdbDialect::qualified(const data::TableName& table) const {
  return quote(table.schema.empty() ? default_schema : table.schema) + '.' + quote(table.name);
}

data::TableName DuckdbDialect::stored(const data::TableName& table) const {
  return {same(table.schema, default_schema) ? "" : table.schema, table.name};
}

// One transaction at a time writes: late loads wait, and are fenced off.
data::TableName DuckdbDialect::staging(const data::TableName& target, const data::LoadId&) const {
  return {"orch_stage", target.schema.empty() ? target.name : target.schema + "." + target.name};
}

std::string DuckdbDialect::bookkeeping(std::string_view table) const {
  return fmt::format("orch.{}", table);
}

bool DuckdbDialect::same_name(std::string_view left, std::string_view right) const {
  return same(left, right);
}

std::string DuckdbDialect::name_problem(std::string_view name) const {
  if (name.empty()) return "is empty";
  return name.find('\0') == std::string_view::npos ? "" : "holds a NUL character";
}

std::size_t DuckdbDialect::most_columns() const { return most_columns_of_a_table; }

std::string DuckdbDialect::table_problem(const data::TableName& table) const {
  if (const auto problem = name_problem(table.name); !problem.empty())
    return "the table's name " + problem;
  for (const auto* schema : {"orch", "orch_stage", "information_schema", "pg_catalog"})
    if (same(table.schema, schema)) return fmt::format("the schema {} is reserved", schema);
  return {};
}

std::string DuckdbDialect::now() const {
  return "strftime(now() AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%gZ')";
}

bool DuckdbDialect::equality_is_exact(const data::Column& column) const {
  return to_the_byte(column, "").empty();
}

std::string DuckdbDialect::null_of(const data::Column& column) const {
  return fmt::format("CAST(NULL AS {})", type_sql(column));
}

std::string DuckdbDialect::differs(const data::Column& column, const std::string& left,
                                   const std::string& right) const {
  return fmt::format("{} IS DISTINCT FROM {}", to_the_byte(column, left),
                     to_the_byte(column, right));
}

std::string DuckdbDialect::exact(const data::Column& column, const std::string& value) const {
  return to_the_byte(column, value);
}

const publishing::Dialect& dialect() {
  static const DuckdbDialect one;
  return one;
}

}  // namespace orch::duckdb
