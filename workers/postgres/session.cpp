#include "workers/postgres/session.h"

#include <utility>

#include <fmt/format.h>

namespace orch::postgres {
namespace {

constexpr const char* unique_violation = "23505";

void limit_locks(pg::Connection& connection, const Settings& settings) {
  connection.set_in_transactions(fmt::format("lock_timeout = '{}s'", settings.lock_seconds));
}

}  // namespace

pg::Connection connect(const Settings& settings) {
  pg::Connection connection(settings.conninfo, settings.stop,
                            std::chrono::seconds(settings.silence_seconds));
  limit_locks(connection, settings);
  return connection;
}

KeptSession connect_to_all_rows(const Settings& settings, pg::Stop also) {
  KeptSession session(settings, std::move(also));
  auto& connection = *session;
  limit_locks(connection, settings);
  connection.set_in_transactions("row_security = off");
  // What the role has as its default: a serializable transaction sees the catalog as it was before
  // it waited for a lock, and a deferrable one waits for all that write, this process among them.
  connection.set_in_transactions("transaction_isolation = 'read committed'");
  connection.set_in_transactions("transaction_deferrable = off");
  return session;
}

void ensure_schema(pg::Connection& connection, const std::string& schema) {
  const auto found = connection.exec("SELECT FROM pg_namespace WHERE nspname = $1", {schema});
  if (found.rows() != 0) return;
  const bool inside = connection.in_transaction();
  if (inside) connection.exec("SAVEPOINT no_schema");
  try {
    connection.exec("CREATE SCHEMA IF NOT EXISTS " + pg::quote(schema));
  } catch (const pg::Error& error) {
    // "If not exists" does not see what another transaction has created and not yet committed: it
    // waits for its end, and fails.
    if (error.sqlstate() != unique_violation) throw;
    if (inside) connection.exec("ROLLBACK TO SAVEPOINT no_schema");
  }
  if (inside) connection.exec("RELEASE SAVEPOINT no_schema");
}

AlsoStop::AlsoStop(pg::Connection& connection, const pg::Stop& also) : connection_(connection) {
  before_ = connection_.stop_when({});
  connection_.stop_when(pg::either(before_, also));
}

}  // namespace orch::postgres
