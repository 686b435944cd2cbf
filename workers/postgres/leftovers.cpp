#include "workers/postgres/leftovers.h"

#include <fmt/format.h>

#include "workers/postgres/dialect.h"
#include "workers/postgres/names.h"
#include "workers/publishing/bookkeeping.h"

namespace orch::postgres {
namespace {

/// True when it is gone.
bool remove(pg::Connection& connection, publishing::Session& session, const data::TableName& target,
            const data::LoadId& load, const std::string& name) {
  pg::Transaction transaction(connection);
  connection.exec(cleaning_patience);
  // With the fence held, no session begins a load whose staging table would look like a leftover.
  const auto ours = connection.exec(
      "SELECT FROM orch.fence WHERE table_schema = $1 AND table_name = $2 AND store = $3 "
      "AND fence <= $4 FOR UPDATE",
      {target.schema, target.name, load.store, std::to_string(load.fence)});
  if (ours.rows() == 0) return false;
  // Of another run, it may have been committed since the tables were listed.
  if (const auto staged = publishing::read_load(session, target);
      staged && staged->staging.name == name)
    return false;
  connection.exec("DROP TABLE IF EXISTS " + qualified({staging_schema, name}));
  connection.exec("DELETE FROM orch.previous WHERE relation = $1", {name});
  connection.exec(refuse_while_tables_are_listed() + "; COMMIT");
  transaction.ended();
  return true;
}

}  // namespace

data::TableName previous_of(const data::TableName& target) {
  const auto name = fmt::format("previous.{}.{}", staging_mark(target), resolved(target).display());
  return {staging_schema, cut(name, longest_name)};
}

std::vector<std::string> stagings_of(pg::Connection& connection, const data::TableName& target) {
  const auto found = connection.exec(
      "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind = 'r' AND "
      "relname LIKE '%.' || $2 || '.%' ORDER BY relname",
      {staging_schema, staging_mark(target)});
  std::vector<std::string> names;
  for (int row = 0; row < found.rows(); ++row) names.emplace_back(found.text(row, 0));
  return names;
}

// Such a session holds a snapshot in a transaction of several statements. A minute is enough to
// lock all tables, and what it has locked, it keeps by that. Where this user may not see since when
// a session is in its transaction, one that has read the catalogs counts.
std::string refuse_while_tables_are_listed() {
  return "DO $orch$ BEGIN PERFORM pg_stat_clear_snapshot(); IF EXISTS (SELECT FROM "
         "pg_stat_activity a WHERE a.backend_xmin IS NOT "
         "NULL "
         "AND a.datname = current_database() AND a.pid <> pg_backend_pid() "
         "AND a.application_name <> 'orch' AND coalesce(a.backend_type = 'client backend', true) "
         "AND CASE WHEN a.xact_start IS NULL THEN EXISTS (SELECT FROM pg_locks l WHERE l.pid = "
         "a.pid "
         "AND l.locktype = 'relation' AND l.relation < 16384 AND l.mode = 'AccessShareLock') "
         "ELSE a.xact_start < a.query_start "
         "AND a.xact_start > clock_timestamp() - interval '1 minute' END) "
         "THEN RAISE lock_not_available USING MESSAGE = 'another session, like pg_dump, has listed "
         "the tables and may be about to lock them'; END IF; END $orch$";
}

bool remove_leftovers(pg::Connection& connection, publishing::Session& session,
                      const data::TableName& target, const data::LoadId& load,
                      const std::string& kept) {
  bool remains = false;
  for (const auto& name : stagings_of(connection, target)) {
    if (name == kept) continue;
    bool gone = false;
    try {
      gone = remove(connection, session, target, load, name);
    } catch (const pg::Error&) {
      // A later load finds it again.
    } catch (const data::DatabaseError&) {
      // Likewise.
    }
    remains = remains || !gone;
  }
  return remains;
}

}  // namespace orch::postgres
