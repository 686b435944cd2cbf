#include "workers/postgres/session.h"

#include <utility>

#include <fmt/format.h>

namespace orch::postgres {
namespace {

pg::Stop either(pg::Stop one, pg::Stop other) {
  if (!one) return other;
  if (!other) return one;
  return [one = std::move(one), other = std::move(other)] { return one() || other(); };
}

}  // namespace

pg::Connection connect(const Settings& settings, const pg::Stop& also) {
  pg::Connection connection(settings.conninfo, either(settings.stop, also),
                            std::chrono::seconds(settings.silence_seconds));
  connection.set_in_transactions(fmt::format("lock_timeout = '{}s'", settings.lock_seconds));
  return connection;
}

pg::Connection connect_to_all_rows(const Settings& settings, const pg::Stop& also) {
  auto connection = connect(settings, also);
  connection.set_in_transactions("row_security = off");
  // What the role has as its default: a serializable transaction sees the catalog as it was before
  // it waited for a lock, and a deferrable one waits for all that write, this process among them.
  connection.set_in_transactions("transaction_isolation = 'read committed'");
  connection.set_in_transactions("transaction_deferrable = off");
  return connection;
}

void ensure_schema(pg::Connection& connection, const std::string& schema) {
  const auto found = connection.exec("SELECT FROM pg_namespace WHERE nspname = $1", {schema});
  if (found.rows() == 0) connection.exec("CREATE SCHEMA IF NOT EXISTS " + pg::quote(schema));
}

AlsoStop::AlsoStop(pg::Connection& connection, const pg::Stop& also) : connection_(connection) {
  before_ = connection_.stop_when({});
  connection_.stop_when(either(before_, also));
}

}  // namespace orch::postgres
