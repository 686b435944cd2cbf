#include "workers/postgres/describe.h"

#include <fmt/format.h>

#include "orchestrator/base/utf8.h"
#include "workers/postgres/names.h"
#include "workers/postgres/types.h"
#include "workers/postgres/user_types.h"
#include "workers/worker.h"

namespace orch::postgres {
namespace {

std::string columns_sql() {
  return fmt::format(R"sql(
  SELECT a.attname, {}, a.attnotnull, a.attgenerated <> '', a.attidentity = 'a', a.typid, {},
         has_column_privilege($1::oid, a.attnum, 'SELECT')
    FROM (SELECT *, atttypid AS typid, atttypmod AS typmod FROM pg_attribute) a
   WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
   ORDER BY a.attnum)sql",
                     type_spelling(), is_domain_array());
}

constexpr const char* key_sql = R"sql(
  SELECT a.attname
    FROM pg_index i
    CROSS JOIN LATERAL unnest(i.indkey::int[]) WITH ORDINALITY AS k(attnum, position)
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
   WHERE i.indrelid = $1::oid AND i.indisprimary
   ORDER BY k.position)sql";

/// Names of a database in the encoding SQL_ASCII may be anything; orch keeps them as UTF-8.
std::string utf8(std::string_view name) {
  if (valid_prefix(name) == name.size()) return std::string(name);
  throw workers::TaskFailed("Schema.Mismatch",
                            fmt::format("the name \"{}\" is not UTF-8", repaired(name)),
                            "rename it, or read it through a view or a query", "ORCH-0411");
}

data::Column column_of(const pg::Result& rows, int row) {
  data::Column column;
  column.name = utf8(rows.text(row, 0));
  column.native = utf8(rows.text(row, 1));
  column.nullable = !rows.boolean(row, 2);
  column.generated = rows.boolean(row, 3);
  column.readable = rows.boolean(row, 7);
  interpret(column);
  return column;
}

}  // namespace

std::optional<Described> describe_table(pg::Connection& connection, const data::TableName& name) {
  const auto found = connection.exec(
      "SELECT c.oid, n.nspname, c.relname, c.relkind, c.reltuples::bigint, "
      "pg_relation_size(c.oid) / current_setting('block_size')::bigint, "
      "c.relkind <> 'p' AND EXISTS (SELECT FROM pg_inherits WHERE inhparent = c.oid) "
      "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
      "WHERE c.oid = to_regclass($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')",
      {qualified(name)});
  if (found.rows() == 0) return std::nullopt;
  Described described;
  described.oid = found.text(0, 0);
  described.table.name = {utf8(found.text(0, 1)), utf8(found.text(0, 2))};
  if (const auto kind = found.text(0, 3); !kind.empty()) described.relkind = kind.front();
  if (const auto rows = found.int64(0, 4); rows >= 0) described.table.estimated_rows = rows;
  described.pages = found.int64(0, 5);
  described.table.inherited = found.boolean(0, 6);
  const auto columns = connection.exec(columns_sql(), {described.oid});
  for (int row = 0; row < columns.rows(); ++row) {
    described.table.columns.push_back(column_of(columns, row));
    described.type_oids.emplace_back(columns.text(row, 5));
    if (columns.boolean(row, 4))
      described.always_identity.push_back(described.table.columns.back().name);
    if (columns.boolean(row, 6))
      described.domain_arrays.push_back(described.table.columns.back().name);
  }
  const auto key = connection.exec(key_sql, {described.oid});
  for (int row = 0; row < key.rows(); ++row) described.table.key.emplace_back(key.text(row, 0));
  return described;
}

Described describe_query(pg::Connection& connection, const std::string& query) {
  const auto columns = connection.describe(query);
  const auto spelling =
      fmt::format("SELECT {}, {} FROM (SELECT $1::oid AS typid, $2::int AS typmod) a",
                  type_spelling(), is_domain_array());
  Described described;
  described.relkind = 'v';
  for (int i = 0; i < columns.columns(); ++i) {
    const auto oid = std::to_string(columns.column_type(i));
    data::Column column;
    column.name = utf8(columns.column_name(i));
    const auto type = connection.exec(spelling, {oid, std::to_string(columns.column_modifier(i))});
    column.native = utf8(type.text(0, 0));
    if (type.boolean(0, 1)) described.domain_arrays.push_back(column.name);
    interpret(column);
    described.table.columns.push_back(std::move(column));
    described.type_oids.push_back(oid);
  }
  return described;
}

}  // namespace orch::postgres
