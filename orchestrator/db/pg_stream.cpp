#include "orchestrator/db/pg_stream.h"

#include <array>
#include <poll.h>
#include <utility>

#include <libpq-fe.h>

#include "orchestrator/db/pg_check.h"

namespace orch::pg {
namespace {

constexpr int tick_milliseconds = 100;

/// Ends whatever is still under way when the work is left early.
class Running {
 public:
  explicit Running(PGconn* connection) : connection_(connection) {}
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() {
    if (done_) return;
    if (auto* cancel = PQgetCancel(connection_)) {
      std::array<char, 256> ignored;
      PQcancel(cancel, ignored.data(), static_cast<int>(ignored.size()));
      PQfreeCancel(cancel);
    }
    while (auto* rest = PQgetResult(connection_)) {
      const auto status = PQresultStatus(rest);
      PQclear(rest);
      if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT) break;  // PQexec() leaves a COPY
    }
  }
  void done() { done_ = true; }

 private:
  PGconn* connection_;
  bool done_ = false;
};

/// The next result; null at the end.
PGresult* next_result(PGconn* connection, const std::function<void()>& tick) {
  while (PQisBusy(connection)) {
    pollfd socket{PQsocket(connection), POLLIN, 0};
    if (poll(&socket, 1, tick_milliseconds) == 0) tick();
    if (PQconsumeInput(connection) == 0) break;  // PQgetResult() says what is wrong
  }
  return PQgetResult(connection);
}

}  // namespace

Result stream(Connection& connection, const std::string& sql, const Params& params,
              const StreamHandlers& handlers) {
  auto* handle = connection.handle();
  std::vector<const char*> values;
  for (const auto& param : params) values.push_back(param ? param->c_str() : nullptr);
  Running running(handle);
  const auto checked_rows = [&](PGresult* raw) {
    auto result = checked(handle, raw);
    const auto status = PQresultStatus(raw);
    if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT)
      throw Error("COPY to or from the client is not a statement with rows", "0A000");
    return result;
  };
  if (PQsendQueryParams(handle, sql.c_str(), static_cast<int>(values.size()), nullptr,
                        values.data(), nullptr, nullptr, 0) == 0)
    checked(handle, nullptr);
  PQsetSingleRowMode(handle);
  auto last = checked_rows(next_result(handle, handlers.tick));
  while (auto* raw = next_result(handle, handlers.tick)) {
    auto next = checked_rows(raw);  // owned before the handler may throw
    handlers.row(last);
    last = std::move(next);
  }
  running.done();
  return last;
}

}  // namespace orch::pg
