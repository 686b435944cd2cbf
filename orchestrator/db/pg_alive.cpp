#include "orchestrator/db/pg_alive.h"

#include <chrono>

#include <fmt/format.h>
#include <libpq-fe.h>

namespace orch::pg {
namespace {

constexpr std::chrono::seconds patience{5};

constexpr const char* what_it_does =
    "SELECT pg_backend_pid(), state = 'active' AND wait_event IS DISTINCT FROM 'ClientRead' AND "
    "wait_event IS DISTINCT FROM 'ClientWrite' FROM (SELECT) one "
    "LEFT JOIN pg_stat_activity ON pid = $1::integer";

/// A pooler tells its clients numbers of its own.
bool is_other(Connection& connection, std::string_view backend) {
  return backend != std::to_string(PQbackendPID(connection.handle()));
}

}  // namespace

bool still_works(Connection& connection) {
  try {
    Connection other(fmt::format("{} connect_timeout={}", connection.conninfo(), patience.count()),
                     connection.stop(), patience);
    other.asks_when_silent(false);
    const auto found =
        other.exec(what_it_does, {std::to_string(PQbackendPID(connection.handle()))});
    // Through a pooler, all that is known is that the server answers.
    return is_other(other, found.text(0, 0)) || found.boolean(0, 1);
  } catch (const Error& error) {
    // A server that refuses a second connection is there.
    return !error.sqlstate().starts_with("08");
  }
}

bool through_pooler(Connection& connection) {
  return is_other(connection, connection.exec("SELECT pg_backend_pid()").text(0, 0));
}

}  // namespace orch::pg
