#include "workers/postgres/table_facts.h"

#include <cstdint>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "workers/postgres/names.h"

namespace orch::postgres {
namespace {

// Three lists in one answer, told apart by the first column:
// - a row for each column of a unique index that speaks of all rows, the primary key first;
// - a row for each column of a foreign key of another table;
// - a row for each trigger and rule.
constexpr const char* facts_sql = R"sql(
  SELECT 'unique' AS list, NOT i.indisprimary AS later, i.indexrelid AS object, k.position,
         coalesce(c.conname, x.relname)::text AS name, a.attname::text,
         (NOT a.attnotnull)::text, coalesce(c.condeferrable, false)::text, NULL
    FROM pg_index i
    JOIN pg_class x ON x.oid = i.indexrelid
    LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'u')
                             AND c.conrelid = i.indrelid
    CROSS JOIN LATERAL unnest(i.indkey::int[]) WITH ORDINALITY AS k(attnum, position)
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
   WHERE i.indrelid = to_regclass($1) AND i.indisunique AND i.indpred IS NULL
     AND i.indexprs IS NULL AND k.position <= i.indnkeyatts
  UNION ALL
  SELECT 'cascade', false, c.oid, k.position, c.conname, mine.attname, c.conrelid::regclass::text,
         CASE c.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL'
                            WHEN 'd' THEN 'SET DEFAULT' ELSE 'RESTRICT' END, theirs.attname
    FROM pg_constraint c
    CROSS JOIN LATERAL unnest(c.conkey, c.confkey) WITH ORDINALITY AS k(child, parent, position)
    JOIN pg_attribute mine ON mine.attrelid = c.conrelid AND mine.attnum = k.child
    JOIN pg_attribute theirs ON theirs.attrelid = c.confrelid AND theirs.attnum = k.parent
   WHERE c.confrelid = to_regclass($1) AND c.contype = 'f' AND c.conrelid <> c.confrelid
     AND c.confdeltype <> 'a' AND c.conparentid = 0
  UNION ALL
  SELECT 'rewriter', false, 0, 0, 'trigger ' || tgname, NULL, NULL, NULL, NULL FROM pg_trigger
   WHERE tgrelid = to_regclass($1) AND NOT tgisinternal AND tgenabled <> 'D'
  UNION ALL
  SELECT 'rewriter', false, 0, 0, 'rule ' || rulename, NULL, NULL, NULL, NULL FROM pg_rewrite
   WHERE ev_class = to_regclass($1) AND rulename <> '_RETURN' AND ev_enabled <> 'D'
   ORDER BY 1, 2, 3, 4, 5)sql";

/// Where the facts are in such a row; `table`, `action` and `referenced` of a foreign key,
/// `nullable` and `deferrable` of an index.
struct In {
  enum : std::uint8_t { list, later, object, position, name, column, table, action, referenced };
  static constexpr int nullable = table;
  static constexpr int deferrable = action;
};

bool starts_object(const pg::Result& rows, int row) {
  return row == 0 || rows.text(row, In::list) != rows.text(row - 1, In::list) ||
         rows.text(row, In::object) != rows.text(row - 1, In::object);
}

void add_unique(publishing::TableFacts& facts, const pg::Result& rows, int row) {
  if (starts_object(rows, row))
    facts.unique.push_back({std::string(rows.text(row, In::name)),
                            {},
                            false,
                            rows.text(row, In::deferrable) == "true"});
  auto& unique = facts.unique.back();
  unique.columns.emplace_back(rows.text(row, In::column));
  unique.nullable = unique.nullable || rows.text(row, In::nullable) == "true";
}

void add_cascade(publishing::TableFacts& facts, const pg::Result& rows, int row) {
  if (starts_object(rows, row))
    facts.cascades.push_back({std::string(rows.text(row, In::name)),
                              std::string(rows.text(row, In::table)),
                              std::string(rows.text(row, In::action)),
                              {},
                              {}});
  facts.cascades.back().columns.emplace_back(rows.text(row, In::column));
  facts.cascades.back().referenced.emplace_back(rows.text(row, In::referenced));
}

void add_facts(publishing::TableFacts& facts, const pg::Result& rows) {
  for (int row = 0; row < rows.rows(); ++row) {
    const auto list = rows.text(row, In::list);
    if (list == "unique")
      add_unique(facts, rows, row);
    else if (list == "cascade")
      add_cascade(facts, rows, row);
    else
      facts.rewriters.emplace_back(rows.text(row, In::name));
  }
}

}  // namespace

std::string state_of(const Described& table) {
  return publishing::state_of(table.table, std::string_view(&table.relkind, 1));
}

// Tables that inherit from this one are tables of their own.
std::string rows_sql(const std::string& name, char relkind) {
  return relkind == 'r' ? "ONLY " + name : name;
}

publishing::TableFacts table_facts(pg::Connection& connection, Described table) {
  const auto name = qualified(table.table.name);
  publishing::TableFacts facts;
  facts.rows = rows_sql(name, table.relkind);
  if (table.relkind == 'r') facts.row_id = "ctid";
  facts.overriding = table.always_identity.empty() ? "" : " OVERRIDING SYSTEM VALUE";
  facts.fixed = table.always_identity;
  add_facts(facts, connection.exec(facts_sql, {name}));
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
