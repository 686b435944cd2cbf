#include "workers/postgres/listing.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/error.h"
#include "workers/postgres/names.h"

namespace orch::postgres {
namespace {

// Schemas of the server, of temporary tables, and of orch's own bookkeeping.
constexpr const char* of_users = R"sql(
  n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
  AND NOT (n.nspname IN ('orch', 'orch_stage') AND to_regclass('orch.evidence') IS NOT NULL))sql";

std::string relations_sql() {
  return fmt::format(R"sql(
  SELECT n.nspname, c.relname, c.relkind, e.extname,
         has_schema_privilege(n.oid, 'USAGE'), has_table_privilege(c.oid, 'SELECT'), current_user
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
                         AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
    LEFT JOIN pg_extension e ON e.oid = d.refobjid
   WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND {}
   ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C")sql",
                     of_users);
}

const char* kind_of(char relkind) {
  switch (relkind) {
    case 'p':
      return "partitioned table";
    case 'v':
      return "view";
    case 'm':
      return "materialized view";
    case 'f':
      return "foreign table";
    default:
      return "table";
  }
}

data::Listed listed(const pg::Result& rows, int row) {
  using Taken = data::Listed::Taken;
  const auto relkind = rows.text(row, 2).front();
  data::Listed one;
  one.name = {std::string(rows.text(row, 0)), std::string(rows.text(row, 1))};
  one.kind = kind_of(relkind);
  one.taken = relkind == 'v' || relkind == 'm' ? Taken::with_views : Taken::always;
  const auto user = pg::quote(rows.text(row, 6));
  if (!rows.null(row, 3))
    one.reason = fmt::format("it belongs to the extension {}", rows.text(row, 3));
  else if (!rows.boolean(row, 4))
    one.reason = fmt::format("the schema may not be used: GRANT USAGE ON SCHEMA {} TO {}",
                             pg::quote(one.name.schema), user);
  else if (!rows.boolean(row, 5))
    one.reason =
        fmt::format("it may not be read: GRANT SELECT ON {} TO {}", qualified(one.name), user);
  if (!one.reason.empty()) one.taken = Taken::never;
  return one;
}

}  // namespace

std::vector<data::Listed> list_relations(pg::Connection& connection) {
  const auto rows = connection.exec(relations_sql());
  std::vector<data::Listed> all;
  for (int row = 0; row < rows.rows(); ++row) all.push_back(listed(rows, row));
  return all;
}

std::vector<std::string> list_schemas(pg::Connection& connection) {
  const auto rows =
      connection.exec(fmt::format("SELECT n.nspname FROM pg_namespace n WHERE {} "
                                  "ORDER BY n.nspname COLLATE \"C\"",
                                  of_users));
  std::vector<std::string> schemas;
  for (int row = 0; row < rows.rows(); ++row) schemas.emplace_back(rows.text(row, 0));
  return schemas;
}

std::string explain_missing(pg::Connection& connection, const data::TableName& name) {
  const auto schemas = list_schemas(connection);
  const bool known = name.schema.empty() ||
                     std::find(schemas.begin(), schemas.end(), name.schema) != schemas.end();
  if (!known)
    return fmt::format("; there is no schema \"{}\"{}", name.schema,
                       did_you_mean(name.schema, schemas));
  std::vector<std::string> near, elsewhere;
  for (const auto& each : list_relations(connection)) {
    if (name.schema.empty() || each.name.schema == name.schema) near.push_back(each.name.name);
    if (each.name.name == name.name) elsewhere.push_back(each.name.schema);
  }
  if (!elsewhere.empty())
    return fmt::format("; there is one in schema {}: name it in \"schema\"",
                       fmt::join(elsewhere, ", "));
  return did_you_mean(name.name, near);
}

}  // namespace orch::postgres
