#include "workers/postgres/privileges.h"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workers/worker.h"

namespace orch::postgres {
namespace {

// $1: the schema of the target; $2: whether something is made in it; $3: the table's oid, or null;
// $4: the rights that its rows need; $5: whether the table itself is altered.
constexpr const char* missing_sql = R"sql(
  WITH me AS (SELECT quote_ident(current_user) AS name, current_database() AS database),
  schema_right (schema, needed) AS (
    VALUES ('orch', 'USAGE'), ('orch_stage', 'USAGE'), ('orch_stage', 'CREATE'), ($1::text, 'USAGE')
    UNION ALL SELECT $1::text, 'CREATE' WHERE $2::boolean),
  table_right (oid, needed) AS (
    SELECT c.oid, needed
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'orch'
      JOIN (VALUES ('migration', 'SELECT'),
                   ('fence', 'SELECT'), ('fence', 'INSERT'), ('fence', 'UPDATE'),
                   ('load', 'SELECT'), ('load', 'INSERT'), ('load', 'UPDATE'), ('load', 'DELETE'),
                   ('evidence', 'SELECT'), ('evidence', 'INSERT'), ('previous', 'SELECT'),
                   ('previous', 'INSERT'), ('previous', 'DELETE')) AS r (name, needed)
        ON r.name = c.relname
    UNION ALL
    SELECT $3::oid, needed FROM unnest(string_to_array($4, ',')) AS needed WHERE $3 IS NOT NULL)
  SELECT format('GRANT CREATE ON DATABASE %I TO %s', me.database, me.name) FROM me
   WHERE NOT has_database_privilege(me.database, 'CREATE')
     AND EXISTS (SELECT FROM schema_right s
                  WHERE NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = s.schema))
  UNION ALL
  SELECT format('GRANT %s ON SCHEMA %I TO %s', string_agg(s.needed, ', '), n.nspname, me.name)
    FROM me, schema_right s JOIN pg_namespace n ON n.nspname = s.schema
   WHERE NOT has_schema_privilege(n.oid, s.needed)
   GROUP BY n.nspname, me.name
  UNION ALL
  SELECT format('GRANT %s ON %I.%I TO %s',
                string_agg(t.needed, ', ' ORDER BY
                           array_position('{SELECT,INSERT,UPDATE,DELETE}'::text[], t.needed)),
                n.nspname, c.relname, me.name)
    FROM me, table_right t
    JOIN pg_class c ON c.oid = t.oid JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE NOT has_table_privilege(t.oid, t.needed)
   GROUP BY n.nspname, c.relname, me.name
  UNION ALL
  SELECT format('GRANT %s ON SEQUENCE %I.%I TO %s', string_agg(r.needed, ', '), n.nspname, s.relname,
                me.name)
    FROM me, pg_depend d
    JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S' AND d.classid = 'pg_class'::regclass
    JOIN pg_namespace n ON n.oid = s.relnamespace
    CROSS JOIN (VALUES ('SELECT'), ('UPDATE')) AS r (needed)
   WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = $3::oid AND d.deptype IN ('a', 'i')
     AND NOT has_sequence_privilege(s.oid, r.needed)
   GROUP BY n.nspname, s.relname, me.name
  UNION ALL
  SELECT format('ALTER TABLE %I.%I OWNER TO %s', n.nspname, c.relname, me.name)
    FROM me, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE $5::boolean AND c.oid = $3::oid AND NOT pg_has_role(c.relowner, 'USAGE'))sql";

/// What is done to the rows of a table that exists.
std::string needed_rights(data::Strategy strategy) {
  const auto& facts = data::facts_of(strategy);
  return fmt::format("SELECT,INSERT{}{}", facts.updates_rows ? ",UPDATE" : "",
                     facts.whole_table ? ",DELETE" : "");
}

void refuse_lack(const std::string& what, const pg::Result& missing) {
  std::vector<std::string> grants;
  for (int row = 0; row < missing.rows(); ++row) grants.emplace_back(missing.text(row, 0));
  if (grants.empty()) return;
  throw workers::TaskFailed(
      "Target.Denied",
      fmt::format("{}: the connection's user lacks rights: {}", what, fmt::join(grants, "; ")),
      "let the owner of the target run these statements; docs/privileges.md lists all of them",
      "ORCH-0406", {{"grants", boost::json::array(grants.begin(), grants.end())}});
}

}  // namespace

void check_schema(pg::Connection& connection, const data::TableName& table) {
  refuse_lack(table.display(),
              connection.exec("SELECT format('GRANT USAGE ON SCHEMA %I TO %I', n.nspname, "
                              "current_user) FROM pg_namespace n JOIN pg_class c ON "
                              "c.relnamespace = n.oid WHERE n.nspname = $1 AND c.relname = $2 "
                              "AND NOT has_schema_privilege(n.oid, 'USAGE')",
                              {table.schema, table.name}));
}

void check_rights(pg::Connection& connection, const data::LoadPlan& plan,
                  const std::optional<Described>& existing) {
  const auto& request = plan.request;
  // Rows are exchanged by exchanging a partition.
  const bool swaps =
      existing && existing->relkind == 'p' && data::facts_of(request.strategy).whole_table;
  const auto found = connection.exec(
      missing_sql, {request.target.schema, plan.create || swaps ? "t" : "f",
                    existing ? std::optional(existing->oid) : std::nullopt,
                    swaps ? "SELECT" : needed_rights(request.strategy), swaps ? "t" : "f"});
  refuse_lack(request.target.display(), found);
}

}  // namespace orch::postgres
