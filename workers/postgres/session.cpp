#include "workers/postgres/session.h"

#include <utility>

#include <fmt/format.h>

namespace orch::postgres {
namespace {

constexpr const char* unique_violation = "23505";
constexpr const char* duplicate_schema = "42P06";
constexpr int most_tries = 1'000;  // of some microseconds, while the other commits

void limit_locks(pg::Connection& connection, const Settings& settings) {
  connection.set_in_transactions(fmt::format("lock_timeout = '{}s'", settings.lock_seconds));
}

/// False: try again. "If not exists" does not see what another transaction has created and not yet
/// committed: it waits for its end, and fails with a duplicate key. That may be known a moment
/// before this session hears of the new schema, and would still be told that there is none: "it
/// exists" is the first answer to rely on.
bool create_schema(pg::Connection& connection, const std::string& schema, bool inside) {
  try {
    connection.exec("CREATE SCHEMA IF NOT EXISTS " + pg::quote(schema));
    return true;
  } catch (const pg::Error& error) {
    if (error.sqlstate() != unique_violation && error.sqlstate() != duplicate_schema) throw;
    if (inside) connection.exec("ROLLBACK TO SAVEPOINT no_schema");
    return error.sqlstate() == duplicate_schema;
  }
}

}  // namespace

// The name of a snapshot is made by the server, of hexadecimal digits and dashes.
std::string begin_at(const std::string& snapshot) {
  return fmt::format("{}; SET TRANSACTION SNAPSHOT {}", begin_snapshot, pg::literal(snapshot));
}

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
  for (int tries = 1; !create_schema(connection, schema, inside) && tries < most_tries; ++tries) {
  }
  if (inside) connection.exec("RELEASE SAVEPOINT no_schema");
}

AlsoStop::AlsoStop(pg::Connection& connection, const pg::Stop& also) : connection_(connection) {
  before_ = connection_.stop_when({});
  connection_.stop_when(pg::either(before_, also));
}

}  // namespace orch::postgres
