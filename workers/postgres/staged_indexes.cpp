#include "workers/postgres/staged_indexes.h"

#include <fmt/format.h>

#include "workers/data/digest.h"
#include "workers/postgres/names.h"
#include "workers/postgres/read_back.h"

namespace orch::postgres {
namespace {

constexpr const char* memory = "SET LOCAL maintenance_work_mem = '256MB'";

// $1: the staging table, $2: the parent. What an index is of is spelled alike for both, which have
// the same columns. Of what is built and lacks nothing, there is no row.
constexpr const char* indexes_sql = R"sql(
  WITH indexes AS (
    SELECT i.indrelid, i.indexrelid, x.relname, i.indisunique, i.indisvalid, c.contype,
           substring(pg_get_indexdef(i.indexrelid) FROM ' (USING .*)$') AS definition,
           CASE WHEN c.condeferrable THEN ' DEFERRABLE' ELSE '' END ||
           CASE WHEN c.condeferred THEN ' INITIALLY DEFERRED' ELSE '' END AS deferral
      FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
      LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.conrelid = i.indrelid
                               AND c.contype IN ('p', 'u', 'x')
     WHERE i.indrelid IN (to_regclass($1), to_regclass($2)))
  SELECT p.indexrelid, p.indisunique, p.definition, p.contype, p.deferral, s.relname
    FROM indexes p
    LEFT JOIN LATERAL (SELECT s.relname, s.contype FROM indexes s
                        WHERE s.indrelid = to_regclass($1) AND s.indisvalid
                          AND s.indisunique = p.indisunique AND s.definition = p.definition
                        ORDER BY s.contype LIMIT 1) s ON true
   WHERE p.indrelid = to_regclass($2) AND p.contype IS DISTINCT FROM 'x'
     AND (s.relname IS NULL OR (p.contype IS NOT NULL AND s.contype IS NULL))
   ORDER BY p.indexrelid)sql";

// $1: the staging table. Its unique index, whether it has a key, and its pages.
constexpr const char* key_sql = R"sql(
  SELECT x.relname, coalesce(i.indisprimary, false),
         pg_relation_size(t.oid) / current_setting('block_size')::bigint
    FROM pg_class t
    LEFT JOIN pg_index i ON i.indrelid = t.oid AND i.indisunique AND i.indisvalid
    LEFT JOIN pg_class x ON x.oid = i.indexrelid
   WHERE t.oid = to_regclass($1) LIMIT 1)sql";

// $1 and $2 as above.
constexpr const char* rest_sql = R"sql(
  SELECT (SELECT string_agg(format('ALTER COLUMN %I SET NOT NULL', p.attname), ', ')
            FROM pg_attribute p
            JOIN pg_attribute s ON s.attrelid = to_regclass($1) AND s.attname = p.attname
           WHERE p.attrelid = to_regclass($2) AND p.attnum > 0 AND NOT p.attisdropped
             AND p.attnotnull AND NOT s.attnotnull),
         EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                   JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname
                  WHERE c.oid = to_regclass($1)))sql";

/// Another session that builds the same index fails, instead of building a second one.
std::string name_of(const std::string& staging, std::string_view which) {
  data::Digest hash;
  hash.add(staging);
  return fmt::format("{}.{}", hash.hex().substr(0, 16), which);
}

std::string constrain(const std::string& staging, std::string_view type, const std::string& index,
                      std::string_view deferral) {
  return fmt::format("ALTER TABLE {} ADD {} USING INDEX {}{}", staging,
                     type == "p" ? "PRIMARY KEY" : "UNIQUE", pg::quote(index), deferral);
}

}  // namespace

std::vector<StagedIndex> lacking_indexes(pg::Connection& connection, const std::string& staging,
                                         const std::string& parent) {
  const auto found = connection.exec(indexes_sql, {staging, parent});
  std::vector<StagedIndex> lacking;
  for (int row = 0; row < found.rows(); ++row) {
    const auto built = found.optional(row, 5);
    const auto name = built ? *built : name_of(staging, found.text(row, 0));
    auto& index = lacking.emplace_back();
    if (!built)
      index.build =
          fmt::format("CREATE {}INDEX {} ON {} {}", found.boolean(row, 1) ? "UNIQUE " : "",
                      pg::quote(name), staging, found.text(row, 2));
    if (!found.null(row, 3))
      index.constrain = constrain(staging, found.text(row, 3), name, found.text(row, 4));
  }
  return lacking;
}

std::vector<StagedIndex> lacking_key(pg::Connection& connection, const std::string& staging,
                                     const std::vector<std::string>& key) {
  if (key.empty()) return {};
  const auto found = connection.exec(key_sql, {staging});
  if (found.rows() == 0 || found.boolean(0, 1)) return {};
  if (const auto built = found.optional(0, 0)) return {{"", constrain(staging, "p", *built, "")}};
  if (found.int64(0, 2) < pages_a_session) return {};
  const auto name = name_of(staging, "key");
  return {{fmt::format("CREATE UNIQUE INDEX {} ON {} ({})", pg::quote(name), staging, list(key)),
           constrain(staging, "p", name, "")}};
}

void build_alone(pg::Connection& connection, const std::string& build) {
  pg::Transaction transaction(connection);
  connection.exec(fmt::format("{}; {}; COMMIT", memory, build));
  transaction.ended();
}

void build(pg::Connection& connection, const std::vector<StagedIndex>& lacking) {
  std::string sql = memory;
  for (const auto& index : lacking) {
    if (!index.build.empty()) sql += "; " + index.build;
    if (!index.constrain.empty()) sql += "; " + index.constrain;
  }
  if (!lacking.empty()) connection.exec(sql);
}

void complete(pg::Connection& connection, const std::string& staging, const std::string& parent) {
  const auto rest = connection.exec(rest_sql, {staging, parent});
  std::string sql;
  if (const auto columns = rest.optional(0, 0))
    sql = fmt::format("ALTER TABLE {} {}", staging, *columns);
  if (!rest.boolean(0, 1)) sql += fmt::format("{}ANALYZE {}", sql.empty() ? "" : "; ", staging);
  if (!sql.empty()) connection.exec(sql);
}

}  // namespace orch::postgres
