#include "workers/mysql/describe.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workers/mysql/types.h"

namespace orch::mysql {
namespace {

constexpr const char* of_users =
    "NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys')";

data::Listed listed(const Rows& rows, bool with_database) {
  using Taken = data::Listed::Taken;
  data::Listed one;
  one.name = {with_database ? std::string(rows.text(0)) : "", std::string(rows.text(1))};
  const auto type = rows.text(2);
  one.kind = type == "VIEW"               ? "view"
             : type == "SYSTEM VERSIONED" ? "table with a history of its own"
                                          : "table";
  one.taken = type == "VIEW" ? Taken::with_views : Taken::always;
  return one;
}

constexpr const char* columns_sql = R"sql(
  SELECT c.column_name, c.column_type, c.is_nullable, c.extra, c.character_maximum_length,
         c.privileges
    FROM information_schema.columns c
   WHERE c.table_schema = {} AND c.table_name = {}
   ORDER BY c.ordinal_position)sql";

constexpr const char* key_sql = R"sql(
  SELECT column_name FROM information_schema.statistics
   WHERE table_schema = {} AND table_name = {} AND index_name = 'PRIMARY'
   ORDER BY seq_in_index)sql";

data::Column column_of(const Rows& rows) {
  data::Column column;
  column.name = rows.text(0);
  column.native = std::string(rows.text(1));
  column.nullable = rows.text(2) == "YES";
  const auto extra = rows.text(3);
  column.generated = extra.find("GENERATED") != std::string_view::npos &&
                     extra.find("DEFAULT_GENERATED") == std::string_view::npos;
  column.readable = rows.text(5).find("select") != std::string_view::npos;
  interpret(column, rows.int64(4));
  return column;
}

/// json is a longtext to MariaDB's catalog; what the server says of a result tells them apart.
void find_json(Connection& connection, data::Table& table, const std::string& from) {
  std::vector<data::Column*> candidates;
  std::vector<std::string> names;
  for (auto& column : table.columns) {
    if (column.native.shown() != "longtext" || !column.readable) continue;
    candidates.push_back(&column);
    names.push_back(quote(column.name));
  }
  if (names.empty()) return;
  const auto found =
      connection.describe(fmt::format("SELECT {} FROM {}", fmt::join(names, ", "), from));
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i].type != "json") continue;
    candidates[i]->native = std::string("json");
    interpret(*candidates[i], 0);
  }
}

}  // namespace

std::string qualified(const data::TableName& name) {
  return name.schema.empty() ? quote(name.name) : quote(name.schema) + "." + quote(name.name);
}

std::vector<data::Listed> list_relations(Connection& connection, const std::string& database) {
  auto rows = connection.query(fmt::format(
      "SELECT table_schema, table_name, table_type FROM information_schema.tables WHERE "
      "table_schema {} AND table_type IN ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED') ORDER BY "
      "BINARY table_schema, BINARY table_name",
      database.empty() ? of_users : "= " + literal(database)));
  std::vector<data::Listed> all;
  while (rows.next()) all.push_back(listed(rows, database.empty()));
  return all;
}

std::vector<std::string> list_databases(Connection& connection) {
  auto rows = connection.query(
      fmt::format("SELECT schema_name FROM information_schema.schemata WHERE schema_name {} ORDER "
                  "BY BINARY schema_name",
                  of_users));
  std::vector<std::string> all;
  while (rows.next()) all.emplace_back(rows.text(0));
  return all;
}

std::optional<data::Table> describe_table(Connection& connection, const data::TableName& name,
                                          const std::string& database) {
  const auto schema = literal(name.schema.empty() ? database : name.schema);
  data::Table table;
  {
    auto rows = connection.query(
        fmt::format("SELECT table_schema, table_name, table_rows FROM information_schema.tables "
                    "WHERE table_schema = {0} AND table_name = {1} "
                    "ORDER BY BINARY table_name = {1} DESC LIMIT 1",
                    schema, literal(name.name)));
    if (!rows.next()) return std::nullopt;
    table.name = {name.schema.empty() ? "" : std::string(rows.text(0)), std::string(rows.text(1))};
    if (!rows.null(2)) table.estimated_rows = rows.int64(2);
    while (rows.next()) {
    }
  }
  {
    auto rows =
        connection.query(fmt::format(fmt::runtime(columns_sql), schema, literal(table.name.name)));
    while (rows.next()) table.columns.push_back(column_of(rows));
  }
  auto rows =
      connection.query(fmt::format(fmt::runtime(key_sql), schema, literal(table.name.name)));
  while (rows.next()) table.key.emplace_back(rows.text(0));
  find_json(connection, table, qualified(table.name));
  return table;
}

data::Table describe_query(Connection& connection, const std::string& query) {
  data::Table table;
  for (const auto& found : connection.describe(query)) {
    data::Column column;
    column.name = found.name;
    column.native = found.type;
    column.nullable = found.nullable;
    interpret(column, 0);
    table.columns.push_back(std::move(column));
  }
  return table;
}

}  // namespace orch::mysql
