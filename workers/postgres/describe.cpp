#include "workers/postgres/describe.h"

#include <cstdint>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/utf8.h"
#include "workers/postgres/names.h"
#include "workers/postgres/types.h"
#include "workers/postgres/user_types.h"
#include "workers/worker.h"

namespace orch::postgres {
namespace {

// Types of users are numbered from here on; those of the server have names that mean the same in
// every database.
constexpr std::int64_t first_user_type = 10'000;

enum class Types : std::uint8_t { built_in, any };

/// One row a column, or one without; what is of the table comes again in each. `types`: of the
/// columns; spelling those of users costs the server more to plan than all the rest.
std::string table_sql(Types types) {
  const bool any = types == Types::any;
  return fmt::format(R"sql(
  SELECT c.*, a.attname, {}, a.attnotnull, a.attgenerated <> '', a.attidentity = 'a', a.typid, {},
         has_column_privilege(c.oid, a.attnum, 'SELECT'),
         array_position(i.indkey::int2[], a.attnum)
    FROM (SELECT c.oid, n.nspname, c.relname, c.relkind, c.reltuples::bigint,
                 pg_relation_size(c.oid) / current_setting('block_size')::bigint,
                 c.relkind <> 'p' AND EXISTS (SELECT FROM pg_inherits WHERE inhparent = c.oid)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE c.oid = to_regclass($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') OFFSET 0) c
    LEFT JOIN (SELECT *, atttypid AS typid, atttypmod AS typmod FROM pg_attribute
                WHERE attnum > 0 AND NOT attisdropped) a ON a.attrelid = c.oid
    LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
   ORDER BY a.attnum)sql",
                     any ? type_spelling() : "format_type(a.typid, a.typmod)",
                     any ? is_domain_array() : "false");
}

constexpr std::int64_t usual_page = 8'192;  // bytes

/// Where the facts of a column are in such a row.
struct Of {
  enum : std::uint8_t {
    name = 7,
    type,
    not_null,
    generated,
    always_identity,
    type_oid,
    domain_array,
    readable,
    key
  };
};

/// Names of a database in the encoding SQL_ASCII may be anything; orch keeps them as UTF-8.
std::string utf8(std::string_view name) {
  if (valid_prefix(name) == name.size()) return std::string(name);
  throw workers::TaskFailed("Schema.Mismatch",
                            fmt::format("the name \"{}\" is not UTF-8", repaired(name)),
                            "rename it, or read it through a view or a query", "ORCH-0411");
}

data::Column column_of(const pg::Result& rows, int row) {
  data::Column column;
  column.name = utf8(rows.text(row, Of::name));
  column.native = utf8(rows.text(row, Of::type));
  column.nullable = !rows.boolean(row, Of::not_null);
  column.generated = rows.boolean(row, Of::generated);
  column.readable = rows.boolean(row, Of::readable);
  interpret(column);
  return column;
}

bool has_user_types(const pg::Result& rows) {
  for (int row = 0; row < rows.rows(); ++row)
    if (rows.int64(row, Of::type_oid) >= first_user_type) return true;
  return false;
}

void add_columns(const pg::Result& rows, Described& described) {
  std::map<std::int64_t, std::string> key;  // by place in the primary key
  for (int row = 0; row < rows.rows(); ++row) {
    auto column = column_of(rows, row);
    described.type_oids.emplace_back(rows.text(row, Of::type_oid));
    if (rows.boolean(row, Of::always_identity)) described.always_identity.push_back(column.name);
    if (rows.boolean(row, Of::domain_array)) described.domain_arrays.push_back(column.name);
    if (!rows.null(row, Of::key)) key.emplace(rows.int64(row, Of::key), column.name);
    described.table.columns.push_back(std::move(column));
  }
  for (auto& [place, name] : key) described.table.key.push_back(std::move(name));
}

}  // namespace

std::optional<Described> describe_table(pg::Connection& connection, const data::TableName& name) {
  auto found = connection.exec(table_sql(Types::built_in), {qualified(name)});
  if (has_user_types(found)) found = connection.exec(table_sql(Types::any), {qualified(name)});
  if (found.rows() == 0) return std::nullopt;
  Described described;
  described.oid = found.text(0, 0);
  described.table.name = {utf8(found.text(0, 1)), utf8(found.text(0, 2))};
  if (const auto kind = found.text(0, 3); !kind.empty()) described.relkind = kind.front();
  if (const auto rows = found.int64(0, 4); rows >= 0) described.table.estimated_rows = rows;
  described.pages = found.int64(0, 5);
  if (described.pages > 0) described.table.estimated_bytes = described.pages * usual_page;
  described.table.inherited = found.boolean(0, 6);
  if (!found.null(0, Of::name)) add_columns(found, described);
  return described;
}

// Spelled alike whatever the settings are: it is asked outside of a transaction.
std::string change_mark(pg::Connection& connection, const data::TableName& name) {
  const auto found = connection.exec(
      "SELECT concat_ws(' ', c.oid, pg_relation_filenode(c.oid), "
      "pg_stat_get_tuples_inserted(c.oid), pg_stat_get_tuples_updated(c.oid), "
      "pg_stat_get_tuples_deleted(c.oid), "
      "(SELECT (extract(epoch FROM stats_reset) * 1000000)::bigint FROM pg_stat_database "
      "WHERE datname = current_database())) "
      "FROM pg_class c WHERE c.oid = to_regclass($1) "
      "AND c.relkind = 'r' AND NOT pg_is_in_recovery() "
      "AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhparent = c.oid)",
      {qualified(name)});
  return found.rows() == 0 ? "" : std::string(found.text(0, 0));
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
