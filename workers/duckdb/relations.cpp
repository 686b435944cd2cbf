#include "workers/duckdb/relations.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/error.h"
#include "orchestrator/db/duckdb.h"
#include "workers/data/expression.h"
#include "workers/delta/schema.h"
#include "workers/duckdb/types.h"
#include "workers/files/failures.h"

namespace orch::duckdb {
namespace fs = std::filesystem;
namespace {

std::string enclosed(const std::string& sql, std::string what) {
  // DuckDB reads texts, comments and brackets as PostgreSQL does.
  return data::enclosed(sql, data::SqlDialect::postgresql,
                        {"Source.QueryFailed", std::move(what),
                         "\"query\" is one SELECT, \"where\" one condition", "ORCH-0431"});
}

std::string describe_sql(const std::string& from) {
  return "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM " + from + ")";
}

std::vector<data::Column> columns_of(Connection& connection, const std::string& from) {
  std::vector<data::Column> columns;
  for (auto& row : connection.texts(describe_sql(from)))
    columns.push_back(column_of(std::move(row[0]), std::move(row[1])));
  return columns;
}

std::optional<std::int64_t> number(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && !text.empty() ? std::optional(value) : std::nullopt;
}

std::string list_of(const std::vector<files::FileState>& files) {
  std::vector<std::string> names;
  names.reserve(files.size());
  for (const auto& file : files) names.push_back(literal(file.path.string()));
  return fmt::format("[{}]", fmt::join(names, ", "));
}

// DuckDB takes the columns of the first file: what others have beside them would be left out.
void check_same_columns(Connection& connection, const std::vector<files::FileState>& files) {
  std::vector<std::string> expected;
  for (const auto& file : files) {
    std::vector<std::string> columns;
    for (const auto& row : connection.texts(describe_sql(fmt::format(
             "read_parquet({}, hive_partitioning = false)", literal(file.path.string())))))
      columns.push_back(row[0] + ' ' + row[1]);
    if (&file == &files.front()) expected = columns;
    if (columns == expected) continue;
    throw workers::TaskFailed(
        "Source.Malformed",
        fmt::format("{}: its columns are ({}), those of {} are ({})", file.path.filename().string(),
                    fmt::join(columns, ", "), files.front().path.filename().string(),
                    fmt::join(expected, ", ")),
        "files of one table have the same columns in the same order", "ORCH-0432",
        {{"file", file.path.filename().string()}});
  }
}

// Folders above the table's may be named `name=value`, too: those are none of its columns.
std::string without_columns_above(const fs::path& folder, const ParquetTable& table,
                                  const std::string& from) {
  std::vector<std::string> above;
  for (const auto& name : partitions_in(fs::absolute(folder)))
    if (std::ranges::find(table.partitions, name) == table.partitions.end())
      above.push_back(quote(name));
  if (table.partitions.empty() || above.empty()) return from;
  return fmt::format("(SELECT * EXCLUDE ({}) FROM {})", fmt::join(above, ", "), from);
}

Relation of_files(Connection& connection, const Place& place, const std::string& name) {
  auto found = parquet_table(place.path, name);
  check_same_columns(connection, found.files);
  const auto list = list_of(found.files);
  Relation relation;
  relation.table.name.name = name;
  relation.from = without_columns_above(place.path / name, found,
                                        fmt::format("read_parquet({}, hive_partitioning = {})",
                                                    list, !found.partitions.empty())) +
                  " AS source";
  relation.table.columns = columns_of(connection, relation.from);
  const auto rows = connection.texts(
      fmt::format("SELECT CAST(sum(num_rows) AS VARCHAR) FROM parquet_file_metadata({})", list));
  relation.table.estimated_rows = number(rows.front().front());
  relation.files = std::move(found.files);
  return relation;
}

// The newest version of a Delta table: the files that its log names, and no other.
Relation of_log(Connection& connection, const Place& place, const std::string& name) {
  const auto folder = fs::absolute(place.path / name);
  Relation relation;
  relation.table.name.name = name;
  try {
    const auto snapshot = delta::read_log(connection, folder);
    const auto live = delta::files_of(snapshot);
    relation.from =
        fmt::format("({}) AS source", delta::select_rows(folder, delta::fields_of(snapshot), live));
    for (const auto& file : live) relation.files.push_back(files::look(folder / file.path));
  } catch (const delta::LogError& error) {
    throw workers::TaskFailed("Source.Malformed", error.what(),
                              "write the table in another way, or read it by its own program",
                              "ORCH-0432", {{"table", name}});
  }
  relation.table.columns = columns_of(connection, relation.from);
  return relation;
}

Relation of_folder(Connection& connection, const Place& place, const std::string& name) {
  if (is_plain_name(name) && delta::is_table(place.path / name))
    return of_log(connection, place, name);
  return of_files(connection, place, name);
}

// Queries name the tables of a folder as catalogs do: as views, of those whose name the text holds.
void make_views(Connection& connection, const Place& place, Relation& relation,
                const std::string& query) {
  for (const auto& listed : list_parquet(place.path)) {
    const auto& name = listed.name.name;
    if (listed.taken == data::Listed::Taken::never || query.find(name) == std::string::npos)
      continue;
    auto table = of_folder(connection, place, name);
    connection.exec(
        fmt::format("CREATE OR REPLACE VIEW {} AS SELECT * FROM {}", quote(name), table.from));
    std::ranges::move(table.files, std::back_inserter(relation.files));
  }
}

Relation of_query(Connection& connection, const Place& place, const std::string& query) {
  Relation relation;
  relation.from = enclosed(query, "the query") + " AS source";
  if (place.folder) make_views(connection, place, relation, query);
  relation.table.columns = columns_of(connection, relation.from);
  return relation;
}

workers::TaskFailed missing(Connection& connection, const Place& place,
                            const data::TableName& name) {
  std::vector<std::string> names;
  for (const auto& each : list_database(connection)) names.push_back(each.name.display());
  return {"Source.TableMissing",
          fmt::format("no table {} at {}{}", name.display(), place.display,
                      did_you_mean(name.display(), names)),
          "`orch catalog discover` lists the tables of a connection",
          "ORCH-0430",
          {{"table", name.display()}}};
}

void add_key_and_nulls(Connection& connection, data::Table& table) {
  const auto of_table = is_relation(table.name, "table_name");
  for (auto& key : connection.texts(
           "SELECT unnest(constraint_column_names) FROM duckdb_constraints() WHERE constraint_type "
           "= 'PRIMARY KEY' AND " +
           of_table))
    table.key.push_back(std::move(key.front()));
  for (const auto& row : connection.texts(
           "SELECT column_name FROM duckdb_columns() WHERE NOT is_nullable AND " + of_table))
    for (auto& column : table.columns)
      if (column.name == row.front()) column.nullable = false;
}

Relation of_table(Connection& connection, const Place& place, const data::TableName& name) {
  const auto known = connection.texts(
      fmt::format("SELECT schema_name, table_name, CAST(estimated_size AS VARCHAR) FROM "
                  "duckdb_tables() WHERE {} "
                  "UNION ALL SELECT schema_name, view_name, NULL FROM duckdb_views() WHERE {}",
                  is_relation(name, "table_name"), is_relation(name, "view_name")));
  if (known.empty()) throw missing(connection, place, name);
  const auto& row = known.front();
  Relation relation;
  relation.table.name = {row[0] == default_schema ? std::string() : row[0], row[1]};
  relation.from = quote(row[0]) + '.' + quote(row[1]) + " AS source";
  relation.table.columns = columns_of(connection, relation.from);
  relation.table.estimated_rows = number(row[2]);
  add_key_and_nulls(connection, relation.table);
  return relation;
}

}  // namespace

std::string is_relation(const data::TableName& name, const char* name_column) {
  return fmt::format(
      "database_name = current_database() AND lower(schema_name) = lower({}) AND lower({}) = "
      "lower({})",
      literal(name.schema.empty() ? default_schema : name.schema), name_column, literal(name.name));
}

Relation find_relation(Connection& connection, const Place& place, const data::Relation& relation) {
  if (!relation.query.empty()) return of_query(connection, place, relation.query);
  if (place.folder) return of_folder(connection, place, relation.table.name);
  return of_table(connection, place, relation.table);
}

std::vector<data::Listed> list_database(Connection& connection) {
  using Taken = data::Listed::Taken;
  std::vector<data::Listed> all;
  for (const auto& row : connection.texts(
           "SELECT schema_name, table_name, 'table' FROM duckdb_tables() WHERE NOT internal AND "
           "database_name = current_database() AND schema_name NOT IN ('orch', 'orch_stage') UNION "
           "ALL SELECT schema_name, view_name, 'view' FROM "
           "duckdb_views() WHERE NOT internal AND database_name = current_database() ORDER BY 1, "
           "2"))
    all.push_back({{row[0] == default_schema ? std::string() : row[0], row[1]},
                   row[2],
                   row[2] == "view" ? Taken::with_views : Taken::always});
  return all;
}

std::string condition_of(const std::string& where) {
  return where.empty() ? "" : enclosed(where, "the condition");
}

}  // namespace orch::duckdb
