#include "workers/postgres/user_types.h"

#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workers/postgres/session.h"

namespace orch::postgres {
namespace {

using Form = data::UserType::Form;

// One session at a time creates types; the number is "orch" in ASCII, and one more.
constexpr const char* creation_lock = "SELECT pg_advisory_xact_lock(1869771625)";

/// SQL of one row (oid, typmod): the type `oid` with modifier `typmod`, where it is a domain the
/// type that it is based on in the end.
std::string base_of_domain(std::string_view oid, std::string_view typmod) {
  return fmt::format(R"sql(
    (WITH RECURSIVE chain (oid, typmod, depth) AS (
       SELECT ({0})::oid, ({1})::int, 0
       UNION ALL
       SELECT d.typbasetype, d.typtypmod, c.depth + 1
         FROM chain c JOIN pg_type d ON d.oid = c.oid AND d.typtype = 'd')
     SELECT oid, typmod FROM chain ORDER BY depth DESC LIMIT 1))sql",
                     oid, typmod);
}

// From each column's type down to what it is made of; deeper ones have to be made first.
constexpr const char* closure_sql = R"sql(
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
  SELECT c.oid, n.nspname, c.typname, c.typtype, array_to_string(array_agg(DISTINCT p.root), ',')
    FROM parts p
    JOIN pg_type c ON c.oid = p.oid AND c.typtype IN ('e', 'c')
    JOIN pg_namespace n ON n.oid = c.typnamespace AND n.nspname <> 'pg_catalog'
         AND n.nspname <> 'information_schema'
    LEFT JOIN pg_class k ON k.oid = c.typrelid
   WHERE coalesce(k.relkind, 'c') = 'c'
     AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass
                        AND d.objid = c.oid AND d.deptype = 'e')
   GROUP BY c.oid, c.typname, c.typtype, n.nspname
   ORDER BY max(p.depth) DESC, 2, 3)sql";

constexpr const char* labels_sql =
    "SELECT enumlabel FROM pg_enum WHERE enumtypid = $1::oid ORDER BY enumsortorder";

std::string attributes_sql() {
  return fmt::format(R"sql(
  SELECT a.attname, {}
    FROM (SELECT p.attname, p.attnum, p.atttypid AS typid, p.atttypmod AS typmod
            FROM pg_type c JOIN pg_attribute p ON p.attrelid = c.typrelid
           WHERE c.oid = $1::oid AND p.attnum > 0 AND NOT p.attisdropped) a
   ORDER BY a.attnum)sql",
                     type_spelling());
}

void read_parts(pg::Connection& connection, const std::string& oid, data::UserType& type) {
  if (type.form == Form::enumeration) {
    const auto labels = connection.exec(labels_sql, {oid});
    for (int row = 0; row < labels.rows(); ++row) type.labels.emplace_back(labels.text(row, 0));
    return;
  }
  const auto attributes = connection.exec(attributes_sql(), {oid});
  for (int row = 0; row < attributes.rows(); ++row)
    type.attributes.push_back(
        {std::string(attributes.text(row, 0)), std::string(attributes.text(row, 1))});
}

Form form_of(std::string_view typtype) {
  return typtype == "c" ? Form::composite : Form::enumeration;
}

/// The columns at the positions "1,4,7", counted from 1.
std::vector<std::string> columns_at(std::string_view positions, const data::Table& table) {
  std::vector<std::string> names;
  const auto* at = positions.data();
  const auto* end = at + positions.size();
  while (at < end) {
    std::size_t position = 0;
    const auto read = std::from_chars(at, end, position);
    if (read.ec == std::errc{} && position >= 1 && position <= table.columns.size())
      names.push_back(table.columns[position - 1].name);
    at = read.ptr + 1;
  }
  return names;
}

std::string creation_sql(const data::UserType& type) {
  std::vector<std::string> parts;
  for (const auto& label : type.labels) parts.push_back(pg::literal(label));
  for (const auto& attribute : type.attributes)
    parts.push_back(pg::quote(attribute.name) + " " + type_sql(attribute.type, attribute.name));
  return fmt::format("CREATE TYPE {} AS {}({})", TypeName::of(type.schema, type.name).sql(),
                     type.form == Form::enumeration ? "ENUM " : "", fmt::join(parts, ", "));
}

}  // namespace

// The server's own types, which have numbers that nothing made later gets, are no domains and need
// no look into the catalog: it takes longer than all else that is asked of a column.
std::string type_spelling() {
  // A true array is spelled by its element, which may be a domain. One whose element is an array
  // by way of a domain has no other name: it stays as it is.
  return fmt::format(R"sql(
  CASE WHEN a.typid < 10000::oid THEN format_type(a.typid, a.typmod) ELSE
  (SELECT CASE WHEN n.nspname = 'pg_catalog' THEN format_type(core.oid, core.typmod)
               ELSE quote_ident(n.nspname) || '.' || quote_ident(t.typname) ||
                    coalesce(substring(format_type(core.oid, core.typmod)
                                       FROM '(\([^()"]*\))$'), '') END ||
          CASE WHEN whole.element IS NULL THEN '' ELSE '[]' END
     FROM (SELECT b.oid, b.typmod, e.oid AS element
             FROM {0} b
             JOIN pg_type y ON y.oid = b.oid
             LEFT JOIN pg_type e ON e.oid = y.typelem AND e.typarray = y.oid) whole,
     LATERAL {1} inmost,
     LATERAL (SELECT CASE WHEN i.typcategory = 'A' AND whole.element IS NOT NULL
                               AND i.oid <> whole.element
                          THEN whole.element ELSE inmost.oid END AS oid, inmost.typmod
                FROM pg_type i WHERE i.oid = inmost.oid) core
     JOIN pg_type t ON t.oid = core.oid
     JOIN pg_namespace n ON n.oid = t.typnamespace) END)sql",
                     base_of_domain("a.typid", "a.typmod"),
                     base_of_domain("coalesce(whole.element, whole.oid)", "whole.typmod"));
}

std::string is_domain_array() {
  return fmt::format(
      "(a.typid >= 10000::oid AND EXISTS (SELECT FROM {} b JOIN pg_type y ON y.oid = b.oid "
      "JOIN pg_type e ON e.typarray = y.oid AND e.typtype = 'd'))",
      base_of_domain("a.typid", "a.typmod"));
}

std::vector<data::UserType> user_types(pg::Connection& connection, const data::Table& table,
                                       const std::vector<std::string>& oids) {
  const auto found = connection.exec(closure_sql, {fmt::format("{{{}}}", fmt::join(oids, ","))});
  std::vector<data::UserType> types;
  for (int row = 0; row < found.rows(); ++row) {
    data::UserType type;
    type.schema = found.text(row, 1);
    type.name = found.text(row, 2);
    type.form = form_of(found.text(row, 3));
    type.columns = columns_at(found.text(row, 4), table);
    read_parts(connection, std::string(found.text(row, 0)), type);
    types.push_back(std::move(type));
  }
  return types;
}

FoundType find_type(pg::Connection& connection, const TypeName& name) {
  const auto found = connection.exec(
      "SELECT c.oid, n.nspname, c.typname, c.typtype FROM pg_type c "
      "JOIN pg_namespace n ON n.oid = c.typnamespace WHERE c.oid = to_regtype($1)",
      {name.sql()});
  if (found.rows() == 0) return {};
  const auto typtype = found.text(0, 3);
  if (typtype != "e" && typtype != "c") return {true, std::nullopt};
  data::UserType type;
  type.schema = found.text(0, 1);
  type.name = found.text(0, 2);
  type.form = form_of(typtype);
  read_parts(connection, std::string(found.text(0, 0)), type);
  return {true, std::move(type)};
}

std::optional<std::string> extension_schema(pg::Connection& connection, const std::string& name) {
  const auto found = connection.exec(
      "SELECT n.nspname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace "
      "JOIN pg_depend d ON d.classid = 'pg_type'::regclass AND d.objid = t.oid "
      "AND d.deptype = 'e' WHERE t.typname = $1",
      {name});
  return found.rows() == 1 ? found.optional(0, 0) : std::nullopt;
}

std::string shown(const data::UserType& type) {
  std::vector<std::string> parts;
  for (const auto& label : type.labels) parts.push_back("'" + label + "'");
  for (const auto& attribute : type.attributes)
    parts.push_back(attribute.name + " " + attribute.type.shown());
  return fmt::format("{}({})", type.form == Form::enumeration ? "enum " : "",
                     fmt::join(parts, ", "));
}

void create_types(pg::Connection& connection, const std::vector<data::UserType>& types) {
  if (types.empty()) return;
  pg::Transaction transaction(connection);
  connection.exec(creation_lock);
  for (const auto& type : types) {
    if (find_type(connection, TypeName::of(type.schema, type.name)).exists) continue;
    ensure_schema(connection, type.schema);
    connection.exec(creation_sql(type));
  }
  transaction.commit();
}

}  // namespace orch::postgres
