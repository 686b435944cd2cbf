#include "workers/postgres/table_facts.h"

#include <utility>

#include <fmt/format.h>

#include "workers/postgres/names.h"

namespace orch::postgres {
namespace {

// One row a column of a unique index that speaks of all rows, the primary key first.
constexpr const char* unique_sql = R"sql(
  SELECT i.indexrelid, coalesce(c.conname, x.relname), a.attname, NOT a.attnotnull,
         coalesce(c.condeferrable, false)
    FROM pg_index i
    JOIN pg_class x ON x.oid = i.indexrelid
    LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'u')
                             AND c.conrelid = i.indrelid
    CROSS JOIN LATERAL unnest(i.indkey::int[]) WITH ORDINALITY AS k(attnum, position)
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
   WHERE i.indrelid = to_regclass($1) AND i.indisunique AND i.indpred IS NULL
     AND i.indexprs IS NULL AND k.position <= i.indnkeyatts
   ORDER BY NOT i.indisprimary, i.indexrelid, k.position)sql";

// One row a column of a foreign key of another table.
constexpr const char* cascades_sql = R"sql(
  SELECT c.oid, c.conname, c.conrelid::regclass::text,
         CASE c.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL'
                            WHEN 'd' THEN 'SET DEFAULT' ELSE 'RESTRICT' END,
         mine.attname, theirs.attname
    FROM pg_constraint c
    CROSS JOIN LATERAL unnest(c.conkey, c.confkey) WITH ORDINALITY AS k(child, parent, position)
    JOIN pg_attribute mine ON mine.attrelid = c.conrelid AND mine.attnum = k.child
    JOIN pg_attribute theirs ON theirs.attrelid = c.confrelid AND theirs.attnum = k.parent
   WHERE c.confrelid = to_regclass($1) AND c.contype = 'f' AND c.conrelid <> c.confrelid
     AND c.confdeltype <> 'a' AND c.conparentid = 0
   ORDER BY c.oid, k.position)sql";

constexpr const char* rewriters_sql = R"sql(
  SELECT 'trigger ' || tgname FROM pg_trigger
   WHERE tgrelid = to_regclass($1) AND NOT tgisinternal AND tgenabled <> 'D'
  UNION ALL
  SELECT 'rule ' || rulename FROM pg_rewrite
   WHERE ev_class = to_regclass($1) AND rulename <> '_RETURN' AND ev_enabled <> 'D'
   ORDER BY 1)sql";

void add_unique(publishing::TableFacts& facts, const pg::Result& rows) {
  for (int row = 0; row < rows.rows(); ++row) {
    if (row == 0 || rows.text(row, 0) != rows.text(row - 1, 0))
      facts.unique.push_back({std::string(rows.text(row, 1)), {}, false, rows.boolean(row, 4)});
    auto& unique = facts.unique.back();
    unique.columns.emplace_back(rows.text(row, 2));
    unique.nullable = unique.nullable || rows.boolean(row, 3);
  }
}

void add_cascades(publishing::TableFacts& facts, const pg::Result& rows) {
  for (int row = 0; row < rows.rows(); ++row) {
    if (row == 0 || rows.text(row, 0) != rows.text(row - 1, 0))
      facts.cascades.push_back({std::string(rows.text(row, 1)),
                                std::string(rows.text(row, 2)),
                                std::string(rows.text(row, 3)),
                                {},
                                {}});
    facts.cascades.back().columns.emplace_back(rows.text(row, 4));
    facts.cascades.back().referenced.emplace_back(rows.text(row, 5));
  }
}

}  // namespace

std::string state_of(const Described& table) {
  return publishing::state_of(table.table, std::string_view(&table.relkind, 1));
}

publishing::TableFacts table_facts(pg::Connection& connection, Described table) {
  const auto name = qualified(table.table.name);
  publishing::TableFacts facts;
  // Tables that inherit from this one are tables of their own.
  const bool ordinary = table.relkind == 'r';
  facts.rows = ordinary ? "ONLY " + name : name;
  if (ordinary) facts.row_id = "ctid";
  facts.overriding = table.always_identity.empty() ? "" : " OVERRIDING SYSTEM VALUE";
  facts.fixed = table.always_identity;
  add_unique(facts, connection.exec(unique_sql, {name}));
  add_cascades(facts, connection.exec(cascades_sql, {name}));
  const auto rewriters = connection.exec(rewriters_sql, {name});
  for (int row = 0; row < rewriters.rows(); ++row)
    facts.rewriters.emplace_back(rewriters.text(row, 0));
  facts.state = state_of(table);
  facts.table = std::move(table.table);
  return facts;
}

void advance_sequences(pg::Connection& connection, const publishing::TableFacts& table) {
  const auto name = qualified(table.table.name);
  const auto owned = connection.exec(
      "SELECT a.attname, pg_get_serial_sequence($1, a.attname) AS sequence, s.seqincrement > 0 "
      "FROM pg_attribute a JOIN pg_sequence s ON s.seqrelid = "
      "pg_get_serial_sequence($1, a.attname)::regclass "
      "WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped",
      {name});
  for (int row = 0; row < owned.rows(); ++row) {
    const bool up = owned.boolean(row, 2);
    // Values that were given out once may be gone from the table.
    connection.exec(fmt::format(
        "SELECT setval({0}, m.value) FROM (SELECT {1}({2})::bigint AS value FROM {3}) m, {4} q "
        "WHERE m.value {5} q.last_value OR (m.value = q.last_value AND NOT q.is_called)",
        pg::literal(owned.text(row, 1)), up ? "max" : "min", pg::quote(owned.text(row, 0)),
        table.rows, owned.text(row, 1), up ? ">" : "<"));
  }
}

}  // namespace orch::postgres
