#include "workers/postgres/user_types.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orch::postgres {

const char* const type_spelling = R"sql(
  (SELECT CASE WHEN n.nspname = 'pg_catalog' THEN
                 CASE WHEN en.nspname IS NULL OR en.nspname = 'pg_catalog'
                      THEN format_type(a.typid, a.typmod)
                      ELSE quote_ident(en.nspname) || '.' || quote_ident(e.typname) || '[]' END
               WHEN e.oid IS NOT NULL AND en.nspname <> 'pg_catalog'
                 THEN quote_ident(en.nspname) || '.' || quote_ident(e.typname) || m.modifier || '[]'
               ELSE quote_ident(n.nspname) || '.' || quote_ident(t.typname) || m.modifier END
     FROM pg_type t
     JOIN pg_namespace n ON n.oid = t.typnamespace
     LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
     LEFT JOIN pg_namespace en ON en.oid = e.typnamespace,
     LATERAL (SELECT coalesce(substring(format_type(a.typid, a.typmod)
                                        FROM '(\([^()"]*\))(?:\[\])?$'), '') AS modifier) m
    WHERE t.oid = a.typid))sql";

namespace {

// One session at a time creates types; the number is "orch" in ASCII, and one more.
constexpr const char* creation_lock = "SELECT pg_advisory_xact_lock(1869771625)";

// What a type is made of, for the three kinds that can be made again; `c` is the type.
std::string definition_sql() {
  const auto spelled = [](const char* type, const char* modifier) {
    return fmt::format("(SELECT {} FROM (SELECT {}::oid AS typid, {}::int AS typmod) a)",
                       type_spelling, type, modifier);
  };
  return fmt::format(
      R"sql(
  CASE c.typtype
    WHEN 'e' THEN (SELECT 'ENUM (' || coalesce(string_agg(quote_literal(enumlabel), ', '
                                               ORDER BY enumsortorder), '') || ')'
                     FROM pg_enum WHERE enumtypid = c.oid)
    WHEN 'c' THEN (SELECT '(' || coalesce(string_agg(quote_ident(attname) || ' ' || {0} ||
                            CASE WHEN attcollation <> at.typcollation AND attcollation <> 0
                                 THEN ' COLLATE ' || attcollation::regcollation ELSE '' END, ', '
                            ORDER BY attnum), '') || ')'
                     FROM pg_attribute JOIN pg_type at ON at.oid = atttypid
                    WHERE attrelid = c.typrelid AND attnum > 0 AND NOT attisdropped)
    WHEN 'd' THEN {1} ||
           CASE WHEN c.typcollation <> (SELECT typcollation FROM pg_type WHERE oid = c.typbasetype)
                     AND c.typcollation <> 0
                THEN ' COLLATE ' || c.typcollation::regcollation ELSE '' END ||
           CASE WHEN c.typdefault IS NULL THEN '' ELSE ' DEFAULT ' ||
                pg_get_expr(c.typdefaultbin, 0) END ||
           CASE WHEN c.typnotnull THEN ' NOT NULL' ELSE '' END ||
           coalesce((SELECT string_agg(' CONSTRAINT ' || quote_ident(conname) || ' ' ||
                                       pg_get_constraintdef(oid), '' ORDER BY conname)
                       FROM pg_constraint WHERE contypid = c.oid AND contype = 'c'), '')
  END)sql",
      spelled("atttypid", "atttypmod"), spelled("c.typbasetype", "c.typtypmod"));
}

// From each column's type down to what it is made of; deeper ones have to be made first.
std::string closure_sql() {
  return fmt::format(R"sql(
  WITH RECURSIVE parts (root, oid, depth) AS (
    SELECT position, typid, 0 FROM unnest($1::oid[]) WITH ORDINALITY AS r (typid, position)
    UNION ALL
    SELECT p.root, inner_type, p.depth + 1
      FROM parts p
      JOIN pg_type t ON t.oid = p.oid AND t.typnamespace <> 'information_schema'::regnamespace,
      LATERAL (SELECT t.typelem WHERE t.typcategory = 'A' AND t.typelem <> 0
               UNION ALL SELECT t.typbasetype WHERE t.typtype = 'd'
               UNION ALL SELECT atttypid FROM pg_attribute
                          WHERE attrelid = t.typrelid AND t.typtype = 'c' AND attnum > 0
                            AND NOT attisdropped) AS i (inner_type))
  SELECT quote_ident(n.nspname) || '.' || quote_ident(c.typname), n.nspname, c.typtype,
         {}, array_to_string(array_agg(DISTINCT p.root), ',')
    FROM parts p
    JOIN pg_type c ON c.oid = p.oid AND c.typtype IN ('e', 'd', 'c')
    JOIN pg_namespace n ON n.oid = c.typnamespace AND n.nspname <> 'pg_catalog'
         AND n.nspname <> 'information_schema'
    LEFT JOIN pg_class k ON k.oid = c.typrelid
   WHERE coalesce(k.relkind, 'c') = 'c'
     AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass
                        AND d.objid = c.oid AND d.deptype = 'e')
   GROUP BY c.oid, c.typname, c.typtype, c.typrelid, c.typbasetype, c.typtypmod, c.typcollation,
            c.typdefault, c.typdefaultbin, c.typnotnull, n.nspname
   ORDER BY max(p.depth) DESC, 1)sql",
                     definition_sql());
}

std::string creation(std::string_view kind, const std::string& name, const std::string& shape) {
  return fmt::format("CREATE {} {} AS {}", kind == "d" ? "DOMAIN" : "TYPE", name, shape);
}

/// With a bare search path every name of an expression comes with its schema.
class BarePath {
 public:
  explicit BarePath(pg::Connection& connection) : transaction_(connection, "BEGIN READ ONLY") {
    connection.exec("SET LOCAL search_path = pg_catalog");
  }

 private:
  pg::Transaction transaction_;
};

}  // namespace

std::vector<data::UserType> user_types(pg::Connection& connection, const data::Table& table,
                                       const std::vector<std::string>& oids) {
  const BarePath path(connection);
  const auto found = connection.exec(closure_sql(), {fmt::format("{{{}}}", fmt::join(oids, ","))});
  std::vector<data::UserType> types;
  for (int row = 0; row < found.rows(); ++row) {
    data::UserType type;
    type.name = found.text(row, 0);
    type.schema = found.text(row, 1);
    type.shape = found.text(row, 3);
    type.create = creation(found.text(row, 2), type.name, type.shape);
    std::string_view roots = found.text(row, 4);
    while (!roots.empty()) {
      const auto comma = std::min(roots.find(','), roots.size());
      const auto index = static_cast<std::size_t>(std::stoul(std::string(roots.substr(0, comma))));
      type.columns.push_back(table.columns[index - 1].name);
      roots.remove_prefix(std::min(comma + 1, roots.size()));
    }
    types.push_back(std::move(type));
  }
  return types;
}

std::string shape_of(pg::Connection& connection, const std::string& name) {
  const BarePath path(connection);
  const auto found = connection.exec(
      fmt::format("SELECT {} FROM pg_type c WHERE c.oid = to_regtype($1)", definition_sql()),
      {name});
  return found.rows() == 0 ? "" : found.optional(0, 0).value_or("another kind of type");
}

void create_types(pg::Connection& connection, const std::vector<data::UserType>& types) {
  if (types.empty()) return;
  pg::Transaction transaction(connection);
  connection.exec(creation_lock);
  for (const auto& type : types) {
    if (!connection.exec("SELECT to_regtype($1)", {type.name}).null(0, 0)) continue;
    connection.exec("CREATE SCHEMA IF NOT EXISTS " + pg::quote(type.schema));
    connection.exec(type.create);
  }
  transaction.commit();
}

}  // namespace orch::postgres
