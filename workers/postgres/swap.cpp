#include "workers/postgres/swap.h"

#include <algorithm>

#include <fmt/format.h>

#include "workers/postgres/names.h"
#include "workers/postgres/type_name.h"

namespace orch::postgres {
namespace {

bool can_be_key(const data::Column& column) {
  using data::Kind;
  switch (column.kind) {
    case Kind::json:
    case Kind::any:
    case Kind::other:
      return false;
    default:
      return true;
  }
}

// The indexes of the parent that no constraint owns, as what follows "CREATE [UNIQUE] INDEX ON x".
constexpr const char* indexes_sql = R"sql(
  SELECT i.indisunique, substring(pg_get_indexdef(i.indexrelid) FROM ' (USING .*)$')
    FROM pg_index i
   WHERE i.indrelid = $1::oid
     AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid
                        AND c.contype IN ('p', 'u', 'x'))
   ORDER BY i.indexrelid)sql";

constexpr const char* keys_sql = R"sql(
  SELECT pg_get_constraintdef(oid) FROM pg_constraint
   WHERE conrelid = $1::oid AND contype IN ('p', 'u') ORDER BY oid)sql";

}  // namespace

bool can_swap(pg::Connection& connection, const Described& existing) {
  if (existing.relkind != 'p') return false;
  const auto facts = connection.exec(
      "SELECT (SELECT count(*) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE "
      "i.inhparent = $1::oid AND pg_get_expr(c.relpartbound, c.oid) <> 'DEFAULT'), "
      "(SELECT count(*) FROM pg_constraint WHERE confrelid = $1::oid AND contype = 'f')",
      {existing.oid});
  return facts.int64(0, 0) == 0 && facts.int64(0, 1) == 0;
}

std::string create_parent_sql(const data::LoadPlan& plan) {
  const auto& key = plan.request.key_columns;
  const data::Column* partition_key = nullptr;
  std::string columns;
  for (const auto& column : plan.columns) {
    const bool in_key = std::find(key.begin(), key.end(), column.name) != key.end();
    if (!partition_key && can_be_key(column) && (in_key || key.empty())) partition_key = &column;
    columns += fmt::format("{}{} {}{}", columns.empty() ? "" : ", ", pg::quote(column.name),
                           type_sql(column.native, column.name),
                           column.nullable && !in_key ? "" : " NOT NULL");
  }
  if (!partition_key) return {};
  if (!key.empty()) columns += fmt::format(", PRIMARY KEY ({})", list(key));
  return fmt::format("CREATE TABLE {} ({}) PARTITION BY RANGE ({})", qualified(plan.request.target),
                     columns, pg::quote(partition_key->name));
}

void prepare_staging(pg::Connection& connection, const data::LoadPlan& plan,
                     const Described& parent) {
  const auto staging = qualified(staging_of(plan.request.target));
  pg::Transaction transaction(connection);
  connection.exec("SET LOCAL maintenance_work_mem = '256MB'");
  const auto built = connection.exec(
      "SELECT EXISTS (SELECT FROM pg_index WHERE indrelid = to_regclass($1))", {staging});
  if (built.boolean(0, 0)) return;  // by an earlier delivery
  const auto columns = connection.exec(
      "SELECT attname FROM pg_attribute WHERE attrelid = $1::oid AND attnum > 0 AND NOT "
      "attisdropped AND attnotnull",
      {parent.oid});
  for (int row = 0; row < columns.rows(); ++row)
    connection.exec(fmt::format("ALTER TABLE {} ALTER COLUMN {} SET NOT NULL", staging,
                                pg::quote(columns.text(row, 0))));
  const auto keys = connection.exec(keys_sql, {parent.oid});
  for (int row = 0; row < keys.rows(); ++row)
    connection.exec(fmt::format("ALTER TABLE {} ADD {}", staging, keys.text(row, 0)));
  const auto indexes = connection.exec(indexes_sql, {parent.oid});
  for (int row = 0; row < indexes.rows(); ++row)
    connection.exec(fmt::format("CREATE {}INDEX ON {} {}", indexes.boolean(row, 0) ? "UNIQUE " : "",
                                staging, indexes.text(row, 1)));
  connection.exec("ANALYZE " + staging);
  transaction.commit();
}

void swap(pg::Connection& connection, const data::LoadPlan& plan, const Described& parent) {
  const auto& target = plan.request.target;
  const auto staging = staging_of(target);
  const auto rows = rows_of(target);
  const auto partitions = connection.exec(
      "SELECT n.nspname, c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN "
      "pg_namespace n ON n.oid = c.relnamespace WHERE i.inhparent = $1::oid",
      {parent.oid});
  for (int row = 0; row < partitions.rows(); ++row) {
    const auto old =
        qualified({std::string(partitions.text(row, 0)), std::string(partitions.text(row, 1))});
    connection.exec(fmt::format("ALTER TABLE {} DETACH PARTITION {}", qualified(target), old));
    connection.exec("DROP TABLE " + old);
  }
  connection.exec(
      fmt::format("ALTER TABLE {} SET SCHEMA {}", qualified(staging), pg::quote(rows.schema)));
  connection.exec(fmt::format("ALTER TABLE {} RENAME TO {}", qualified({rows.schema, staging.name}),
                              pg::quote(rows.name)));
  connection.exec(fmt::format("ALTER TABLE {} ATTACH PARTITION {} DEFAULT", qualified(target),
                              qualified(rows)));
}

}  // namespace orch::postgres
