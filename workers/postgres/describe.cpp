#include "workers/postgres/describe.h"

#include <fmt/format.h>

#include "workers/postgres/names.h"
#include "workers/postgres/types.h"

namespace orch::postgres {
namespace {

// format_type() leaves out the schema of what the search path finds; user types always get theirs,
// so that the name means the same in another database.
constexpr const char* columns_sql = R"sql(
  SELECT a.attname,
         CASE WHEN n.nspname = 'pg_catalog' THEN format_type(a.atttypid, a.atttypmod)
              WHEN e.oid IS NOT NULL AND en.nspname <> 'pg_catalog'
                THEN quote_ident(en.nspname) || '.' || quote_ident(e.typname) || '[]'
              ELSE quote_ident(n.nspname) || '.' || quote_ident(t.typname) END,
         a.attnotnull, a.attgenerated <> '', a.attidentity = 'a'
    FROM pg_attribute a
    JOIN pg_type t ON t.oid = a.atttypid
    JOIN pg_namespace n ON n.oid = t.typnamespace
    LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
    LEFT JOIN pg_namespace en ON en.oid = e.typnamespace
   WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
   ORDER BY a.attnum)sql";

constexpr const char* key_sql = R"sql(
  SELECT a.attname
    FROM pg_index i
    CROSS JOIN LATERAL unnest(i.indkey::int[]) WITH ORDINALITY AS k(attnum, position)
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
   WHERE i.indrelid = $1::oid AND i.indisprimary
   ORDER BY k.position)sql";

data::Column column_of(const pg::Result& rows, int row) {
  data::Column column;
  column.name = rows.text(row, 0);
  column.native = rows.text(row, 1);
  column.nullable = !rows.boolean(row, 2);
  column.generated = rows.boolean(row, 3);
  interpret(column);
  return column;
}

}  // namespace

std::optional<Described> describe_table(pg::Connection& connection, const data::TableName& name) {
  const auto found = connection.exec(
      "SELECT c.oid, n.nspname, c.relname, c.relkind, c.reltuples::bigint, "
      "pg_relation_size(c.oid) / current_setting('block_size')::bigint "
      "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
      "WHERE c.oid = to_regclass($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')",
      {qualified(name)});
  if (found.rows() == 0) return std::nullopt;
  Described described;
  described.oid = found.text(0, 0);
  described.table.name = {std::string(found.text(0, 1)), std::string(found.text(0, 2))};
  described.relkind = found.text(0, 3).front();
  if (const auto rows = found.int64(0, 4); rows >= 0) described.table.estimated_rows = rows;
  described.pages = found.int64(0, 5);
  const auto columns = connection.exec(columns_sql, {described.oid});
  for (int row = 0; row < columns.rows(); ++row) {
    described.table.columns.push_back(column_of(columns, row));
    if (columns.boolean(row, 4))
      described.always_identity.push_back(described.table.columns.back().name);
  }
  const auto key = connection.exec(key_sql, {described.oid});
  for (int row = 0; row < key.rows(); ++row) described.table.key.emplace_back(key.text(row, 0));
  return described;
}

data::Table describe_query(pg::Connection& connection, const std::string& query) {
  const auto described = connection.describe(query);
  data::Table table;
  for (int i = 0; i < described.columns(); ++i) {
    const auto spelled = connection.exec(
        "SELECT format_type($1::oid, $2::int)",
        {std::to_string(described.column_type(i)), std::to_string(described.column_modifier(i))});
    data::Column column;
    column.name = described.column_name(i);
    column.native = spelled.text(0, 0);
    interpret(column);
    table.columns.push_back(std::move(column));
  }
  return table;
}

std::vector<data::TableName> table_names(pg::Connection& connection, const std::string& schema) {
  const auto found = connection.exec(
      "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
      "WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'f') AND NOT c.relispartition "
      "ORDER BY c.relname COLLATE \"C\"",
      {schema.empty() ? "public" : schema});
  std::vector<data::TableName> names;
  for (int row = 0; row < found.rows(); ++row)
    names.push_back({std::string(found.text(row, 0)), std::string(found.text(row, 1))});
  return names;
}

}  // namespace orch::postgres
