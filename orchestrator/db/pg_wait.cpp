#include "orchestrator/db/pg_wait.h"

#include <array>
#include <memory>
#include <poll.h>
#include <sys/socket.h>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "orchestrator/db/pg_alive.h"
#include "orchestrator/db/pg_check.h"
#include "orchestrator/db/pg_detached.h"

namespace orch::pg {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds cancel_patience{500};

/// PQcancel() connects and waits for the server's end without a limit.
void request_cancel(PGconn* connection) noexcept {
  const std::shared_ptr<PGcancel> cancel(PQgetCancel(connection), PQfreeCancel);
  if (!cancel) return;
  const auto ask = [cancel] {
    std::array<char, 256> ignored;
    return PQcancel(cancel.get(), ignored.data(), static_cast<int>(ignored.size()));
  };
  try {
    detached<int>(ask, cancel_patience, {});
  } catch (const std::exception&) {
    // No thread to be had: the connection is closed instead, see end_statement().
  }
}

[[noreturn]] void give_up(Connection& connection) {
  shutdown(PQsocket(connection.handle()), SHUT_RDWR);
  throw Error(fmt::format("no answer from the server for {} s, and it does not work on one",
                          connection.silence().count()),
              "08006");
}

/// still_works(), where a stop ends the statement as in wait().
bool works(Connection& connection) {
  try {
    return still_works(connection);
  } catch (const Stopped&) {
    end_statement(connection);
    throw;
  }
}

/// Throws away rows that have arrived; false when more may come.
bool discard_copy(PGconn* connection) noexcept {
  char* row = nullptr;
  int size = 0;
  while ((size = PQgetCopyData(connection, &row, 1)) > 0) PQfreemem(row);
  return size < 0;
}

/// Takes results that have arrived; true at the end of all.
bool discard_results(PGconn* connection) noexcept {
  while (PQisBusy(connection) == 0) {
    auto* result = PQgetResult(connection);
    if (!result) return true;
    const auto status = PQresultStatus(result);
    PQclear(result);
    if (status == PGRES_COPY_IN) PQputCopyEnd(connection, "abandoned");
    if (status == PGRES_COPY_OUT && !discard_copy(connection)) return false;
  }
  return false;
}

}  // namespace

void wait(Connection& connection, short events) {
  pollfd socket{PQsocket(connection.handle()), events, 0};
  auto since = Clock::now();
  while (poll(&socket, 1, look_ms) == 0) {
    if (connection.stop_requested()) {
      end_statement(connection);
      throw Stopped();
    }
    if (connection.silence().count() == 0 || Clock::now() - since < connection.silence()) continue;
    if (!connection.asks_when_silent() || !works(connection)) give_up(connection);
    since = Clock::now();
  }
}

void flush(Connection& connection) {
  auto* handle = connection.handle();
  while (PQflush(handle) == 1) {
    wait(connection, POLLIN | POLLOUT);
    if (PQconsumeInput(handle) == 0) return;  // the next result says what is wrong
  }
}

void sent(Connection& connection, int sent) {
  if (sent == 0) checked(connection.handle(), nullptr);
  flush(connection);
}

pg_result* next_result(Connection& connection) {
  auto* handle = connection.handle();
  while (PQisBusy(handle) != 0) {
    wait(connection, POLLIN);
    if (PQconsumeInput(handle) == 0) break;  // PQgetResult() says what is wrong
  }
  return PQgetResult(handle);
}

Result last_result(Connection& connection) {
  Result last(nullptr);
  pg_result* latest = nullptr;
  while (auto* raw = next_result(connection)) {
    last = Result(raw);
    latest = raw;
    const auto status = PQresultStatus(raw);
    if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT) break;
    if (PQstatus(connection.handle()) == CONNECTION_BAD) break;
  }
  check(connection.handle(), latest);
  return last;
}

bool drain(pg_conn* connection, std::chrono::milliseconds limit) noexcept {
  const auto deadline = Clock::now() + limit;
  while (PQstatus(connection) != CONNECTION_BAD) {
    const int pending = PQflush(connection);
    if (discard_results(connection)) return true;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return false;
    pollfd socket{PQsocket(connection),
                  static_cast<short>(pending == 1 ? POLLIN | POLLOUT : POLLIN), 0};
    poll(&socket, 1, static_cast<int>(left.count()));
    if (PQconsumeInput(connection) == 0) return discard_results(connection);
  }
  return false;
}

void end_statement(Connection& connection) noexcept {
  auto* handle = connection.handle();
  if (PQstatus(handle) == CONNECTION_BAD || PQtransactionStatus(handle) != PQTRANS_ACTIVE) return;
  connection.touched();
  request_cancel(handle);
  if (!drain(handle, cancel_patience)) shutdown(PQsocket(handle), SHUT_RDWR);
}

}  // namespace orch::pg
