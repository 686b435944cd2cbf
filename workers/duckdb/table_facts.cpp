#include "workers/duckdb/table_facts.h"

#include <algorithm>

#include <fmt/format.h>

#include "workers/duckdb/dialect.h"
#include "workers/duckdb/relations.h"
#include "workers/duckdb/types.h"

namespace orch::duckdb {
namespace {

/// Keys first, of the table's constraints; then unique indexes of columns.
std::vector<publishing::UniqueKey> unique_keys(Connection& connection, const data::Table& table,
                                               bool& indexed) {
  const auto of_table = is_relation(table.name, "table_name");
  std::vector<publishing::UniqueKey> keys;
  for (const auto& row : connection.texts(
           "SELECT constraint_name, constraint_type, unnest(constraint_column_names) FROM "
           "duckdb_constraints() WHERE constraint_type IN ('PRIMARY KEY', 'UNIQUE') AND " +
           of_table + " ORDER BY constraint_type = 'UNIQUE', constraint_index")) {
    if (keys.empty() || keys.back().name != row[0]) keys.push_back({row[0], {}});
    keys.back().columns.push_back(row[2]);
    indexed = indexed || row[1] == "UNIQUE";
  }
  // An index of expressions is none of columns: those of the table are looked for by name.
  for (const auto& row : connection.texts(
           "SELECT index_name, CAST(is_unique AS VARCHAR), unnest(CAST(expressions AS VARCHAR[])) "
           "FROM duckdb_indexes() WHERE " +
           of_table + " ORDER BY index_name")) {
    indexed = true;
    if (row[1] != "true") continue;
    if (keys.empty() || keys.back().name != row[0]) keys.push_back({row[0], {}});
    auto column = row[2];
    std::erase(column, '"');
    keys.back().columns.push_back(std::move(column));
  }
  const auto column_of = [&](const std::string& name) {
    return publishing::find_column(dialect(), table.columns, name);
  };
  std::erase_if(keys, [&](const publishing::UniqueKey& key) {
    return !std::ranges::all_of(key.columns, column_of);
  });
  for (auto& key : keys)
    key.nullable = std::ranges::any_of(
        key.columns, [&](const std::string& name) { return column_of(name)->nullable; });
  return keys;
}

/// Foreign keys of other tables. DuckDB has no actions for them: it refuses.
std::vector<publishing::Cascade> references_to(Connection& connection, const data::Table& table) {
  std::vector<publishing::Cascade> all;
  for (const auto& row : connection.texts(fmt::format(
           "SELECT constraint_name, schema_name, table_name, unnest(constraint_column_names), "
           "unnest(referenced_column_names) FROM duckdb_constraints() WHERE constraint_type = "
           "'FOREIGN KEY' AND database_name = current_database() AND lower(referenced_table) = "
           "lower({0}) AND lower(schema_name) = lower({1}) AND lower(table_name) <> lower({0}) "
           "ORDER BY table_oid, constraint_index",
           literal(table.name.name),
           literal(table.name.schema.empty() ? default_schema : table.name.schema)))) {
    const auto child = dialect().qualified({row[1], row[2]});
    if (all.empty() || all.back().constraint != row[0] || all.back().table != child)
      all.push_back({row[0], child, "NO ACTION", {}, {}});
    all.back().columns.push_back(row[3]);
    all.back().referenced.push_back(row[4]);
  }
  return all;
}

void add_columns(Connection& connection, data::Table& table, publishing::PlannedTable& planned) {
  // Only DESCRIBE tells a default from the expression of a generated column.
  for (const auto& row : connection.texts(fmt::format(
           "SELECT c.column_name, c.data_type, CAST(c.is_nullable AS VARCHAR), "
           "coalesce(c.column_default, ''), coalesce(d.\"default\", '') FROM duckdb_columns() c "
           "JOIN (DESCRIBE {}) d ON d.column_name = c.column_name WHERE {} ORDER BY c.column_index",
           dialect().qualified(table.name), is_relation(table.name, "table_name")))) {
    auto column = column_of(row[0], row[1]);
    column.nullable = row[2] == "true";
    column.generated = !row[3].empty() && row[4].empty();
    planned.needed.push_back(!column.nullable && row[3].empty());
    table.columns.push_back(std::move(column));
  }
}

}  // namespace

std::optional<Described> look_at_table(Connection& connection, const data::TableName& name) {
  const auto known = connection.texts(fmt::format(
      "SELECT schema_name, table_name, '' FROM duckdb_tables() WHERE {} UNION ALL SELECT "
      "schema_name, view_name, 'view' FROM duckdb_views() WHERE {}",
      is_relation(name, "table_name"), is_relation(name, "view_name")));
  if (known.empty()) return std::nullopt;
  const auto& row = known.front();
  Described found;
  auto& facts = found.facts;
  facts.table.name = {row[0] == default_schema ? std::string() : row[0], row[1]};
  add_columns(connection, facts.table, found.planned);
  facts.unique = unique_keys(connection, facts.table, facts.indexed);
  facts.cascades = references_to(connection, facts.table);
  const auto primary = connection.texts(
      "SELECT unnest(constraint_column_names) FROM duckdb_constraints() WHERE constraint_type = "
      "'PRIMARY KEY' AND " +
      is_relation(facts.table.name, "table_name"));
  for (const auto& column : primary) facts.table.key.push_back(column.front());
  facts.state = publishing::state_of(facts.table, row[2]);
  facts.rows = dialect().qualified(facts.table.name);
  facts.row_id = "rowid";
  found.planned.table = facts.table;
  found.planned.state = facts.state;
  if (row[2] == "view") found.planned.unusable = "the target is a view";
  return found;
}

}  // namespace orch::duckdb
