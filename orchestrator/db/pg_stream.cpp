#include "orchestrator/db/pg_stream.h"

#include <utility>

#include <libpq-fe.h>

#include "orchestrator/db/pg_check.h"
#include "orchestrator/db/pg_wait.h"

namespace orch::pg {
namespace {

constexpr int rows_between_looks = 4'096;

/// Ends what is still under way when the work is left early.
class Running {
 public:
  explicit Running(Connection& connection) : connection_(connection) {}
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() { end_statement(connection_); }

 private:
  Connection& connection_;
};

Result row_result(Connection& connection, PGresult* raw) {
  auto result = checked(connection.handle(), raw);
  const auto status = PQresultStatus(raw);
  if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT)
    throw Error("COPY to or from the client is not a statement with rows", "0A000");
  return result;
}

}  // namespace

Result stream(Connection& connection, const std::string& sql, const Params& params,
              const std::function<void(const Result&)>& row) {
  const Running running(connection);
  connection.send(sql, params);
  PQsetSingleRowMode(connection.handle());
  auto last = row_result(connection, next_result(connection));
  for (int count = 1; auto* raw = next_result(connection); ++count) {
    auto next = row_result(connection, raw);  // owned before the handler may throw
    row(last);
    last = std::move(next);
    // Rows that keep coming leave nothing to wait for.
    if (count % rows_between_looks == 0 && connection.stop_requested()) throw Stopped();
  }
  return last;
}

}  // namespace orch::pg
