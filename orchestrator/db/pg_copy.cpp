#include <poll.h>
#include <utility>

#include <libpq-fe.h>

#include "orchestrator/db/pg_check.h"
#include "orchestrator/db/pg_wait.h"

namespace orch::pg {

CopyOut::CopyOut(Connection& connection, const std::string& sql) : connection_(connection) {
  connection.exec(sql);
}

CopyOut::~CopyOut() {
  PQfreemem(buffer_);
  if (open_) end_statement(connection_.handle());
}

bool CopyOut::next(std::string_view& row) {
  PQfreemem(std::exchange(buffer_, nullptr));
  auto* handle = connection_.handle();
  int size = 0;
  while ((size = PQgetCopyData(handle, &buffer_, 1)) == 0) {
    wait(connection_, POLLIN);
    if (PQconsumeInput(handle) == 0) checked(handle, nullptr);
  }
  if (size > 0) {
    row = {buffer_, static_cast<std::size_t>(size)};
    return true;
  }
  open_ = false;
  if (size == -2) checked(handle, nullptr);
  last_result(connection_);
  return false;
}

CopyIn::CopyIn(Connection& connection, const std::string& sql) : connection_(connection) {
  connection.exec(sql);
}

CopyIn::~CopyIn() {
  if (open_) end_statement(connection_.handle());
}

void CopyIn::write(std::string_view bytes) {
  auto* handle = connection_.handle();
  if (PQputCopyData(handle, bytes.data(), static_cast<int>(bytes.size())) == 1) {
    flush(connection_);
    if (PQstatus(handle) != CONNECTION_BAD) return;
  }
  // The server has ended the COPY: its reason is worth more than the broken pipe.
  finish();
  checked(handle, nullptr);
}

std::int64_t CopyIn::finish() {
  open_ = false;
  auto* handle = connection_.handle();
  if (PQputCopyEnd(handle, nullptr) != 1) checked(handle, nullptr);
  flush(connection_);
  return last_result(connection_).affected();
}

}  // namespace orch::pg
