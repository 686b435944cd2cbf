#include "orchestrator/db/pg_connect.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <memory>
#include <optional>
#include <poll.h>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "orchestrator/db/pg_check.h"
#include "orchestrator/db/pg_detached.h"
#include "orchestrator/db/pg_resolve.h"
#include "orchestrator/db/pg_wait.h"

namespace orch::pg {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view no_server = "08001";
constexpr std::string_view wrong_settings = "08004";
constexpr std::string_view bad_password = "28P01";

// What a dead or unreachable server costs at most; what conninfo says itself comes later and wins.
constexpr const char* defaults =
    "connect_timeout=10 keepalives=1 keepalives_idle=30 keepalives_interval=10 keepalives_count=3 "
    "tcp_user_timeout=60000 application_name=orch client_encoding=UTF8 ";

struct Finish {
  void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
};
using Handle = std::unique_ptr<PGconn, Finish>;

bool is_sqlstate(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isdigit(c) || (c >= 'A' && c <= 'Z'); });
}

/// Where ":  28P01: " stands in a verbose message; the code begins 3 bytes later.
std::size_t find_sqlstate(std::string_view message) {
  // The first one: behind it stand names, which may look like anything.
  for (auto at = message.find(":  "); at != std::string_view::npos;
       at = message.find(":  ", at + 1)) {
    const auto code = message.substr(at + 3, 7);
    if (code.size() == 7 && code.ends_with(": ") && is_sqlstate(code.substr(0, 5))) return at;
  }
  return std::string_view::npos;
}

/// A failed connection has no result with fields. Its message, made verbose, carries the SQLSTATE
/// whatever language the server speaks:
///   connection to server at "h", port 1 failed: FATAL:  28P01: words [DETAIL…] [LOCATION line]
/// Unset state: the server said nothing.
struct Refusal {
  std::string message;
  std::string sqlstate;
};

Refusal refusal_of(PGconn* connection) {
  auto message = trimmed(PQerrorMessage(connection));
  const auto at = find_sqlstate(message);
  if (at == std::string::npos) {
    // The server asked for a password that was not given: libpq refuses in its name.
    const bool needs = PQconnectionNeedsPassword(connection) != 0;
    return {message, std::string(needs ? bad_password : "")};
  }
  auto state = message.substr(at + 3, 5);
  message.erase(at + 3, 7);
  if (const auto location = message.rfind('\n'); location != std::string::npos && location > at)
    message.resize(location);
  return {message, state};
}

/// True when a server is there and takes connections, or the settings are such that none was asked:
/// then it is these settings (TLS, files, unknown values) that stand in the way. Nothing secret is
/// sent.
bool settings_are_wrong(const std::string& conninfo, const Stop& stop) {
  const auto probe =
      conninfo + " sslmode=disable gssencmode=disable user=ping dbname=ping connect_timeout=5";
  const auto found =
      detached<PGPing>([probe] { return PQping(probe.c_str()); }, std::chrono::seconds(10), stop);
  return found && (*found == PQPING_OK || *found == PQPING_NO_ATTEMPT);
}

/// Unset: no limit.
std::optional<std::chrono::seconds> time_limit(const std::string& conninfo) {
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options(
      PQconninfoParse(conninfo.c_str(), nullptr), PQconninfoFree);
  for (const auto* option = options.get(); option && option->keyword; ++option) {
    if (std::string_view(option->keyword) != "connect_timeout" || !option->val) continue;
    const int seconds = std::atoi(option->val);
    if (seconds > 0) return std::chrono::seconds(seconds);
  }
  return std::nullopt;
}

std::string silence(PGconn* connection, std::chrono::seconds limit) {
  const char* host = PQhost(connection);
  const char* port = PQport(connection);
  return fmt::format("server at \"{}\", port {}: no answer within {} s", host ? host : "",
                     port ? port : "", limit.count());
}

/// One attempt: a connection, which may be a failed one.
Handle attempt(const std::string& conninfo, std::optional<std::chrono::seconds> limit,
               Clock::time_point start, const Stop& stop) {
  Handle connection(PQconnectStart(conninfo.c_str()));
  auto* raw = connection.get();
  if (!raw) throw std::bad_alloc();
  PQsetErrorVerbosity(raw, PQERRORS_VERBOSE);
  PQsetNoticeProcessor(
      raw, [](void*, const char*) {}, nullptr);
  auto status = PQstatus(raw) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (status == PGRES_POLLING_READING || status == PGRES_POLLING_WRITING) {
    const short events = status == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    pollfd socket{PQsocket(raw), events, 0};
    if (poll(&socket, 1, look_ms) > 0) {
      status = PQconnectPoll(raw);
      continue;
    }
    if (stop && stop()) throw Stopped();
    if (limit && Clock::now() - start > *limit)
      throw Error(silence(raw, *limit), std::string(no_server));
  }
  PQsetErrorVerbosity(raw, PQERRORS_DEFAULT);
  return connection;
}

}  // namespace

pg_conn* connect(const std::string& conninfo, const Stop& stop) {
  const auto all = defaults + conninfo;
  const auto limit = time_limit(all);
  const auto start = Clock::now();
  const auto known = with_addresses(all, limit, stop);
  // Twice, for a server that went down in the middle and is up again would look like wrong
  // settings.
  for (bool again = false;; again = true) {
    auto connection = attempt(known, limit, start, stop);
    if (PQstatus(connection.get()) == CONNECTION_OK) return connection.release();
    const auto [message, state] = refusal_of(connection.get());
    if (!state.empty()) throw Error(message, state);
    if (!settings_are_wrong(known, stop)) throw Error(message, std::string(no_server));
    if (again) throw Error(message, std::string(wrong_settings));
  }
}

}  // namespace orch::pg
