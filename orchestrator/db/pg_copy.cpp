#include <poll.h>
#include <sys/ioctl.h>
#include <utility>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "orchestrator/db/pg_check.h"
#include "orchestrator/db/pg_wait.h"

namespace orch::pg {
namespace {

constexpr std::size_t longest_slice = std::size_t{1} << 20;

// What libpq leaves in the socket while it makes room for a row counts again; not more than a few
// buffers of the kernel.
constexpr std::size_t counted_twice = std::size_t{32} << 20;

/// Bytes that can be read at once.
std::size_t waiting(int socket) {
  int bytes = 0;
  return ioctl(socket, FIONREAD, &bytes) == 0 && bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
}

[[noreturn]] void too_large(std::size_t limit) {
  throw Error(fmt::format("a row is larger than {} bytes", limit), row_too_large);
}

}  // namespace

CopyOut::CopyOut(Connection& connection, const std::string& sql) : connection_(connection) {
  connection.exec(sql);
}

CopyOut::~CopyOut() {
  PQfreemem(buffer_);
  if (open_) end_statement(connection_);
}

bool CopyOut::next(std::string_view& row) {
  PQfreemem(std::exchange(buffer_, nullptr));
  auto* handle = connection_.handle();
  int size = 0;
  const auto limit = connection_.row_limit();
  std::size_t arrived = 0;  // of a row that is not complete
  while ((size = PQgetCopyData(handle, &buffer_, 1)) == 0) {
    wait(connection_, POLLIN);
    arrived += waiting(PQsocket(handle));
    if (limit > 0 && arrived > limit + counted_twice) too_large(limit);
    if (PQconsumeInput(handle) == 0) checked(handle, nullptr);
  }
  if (size > 0) {
    if (limit > 0 && static_cast<std::size_t>(size) > limit) too_large(limit);
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
  if (open_) end_statement(connection_);
}

void CopyIn::write(std::string_view bytes) {
  auto* handle = connection_.handle();
  // libpq keeps a copy of what is not sent yet: of one slice, not of a value of any size.
  for (;;) {
    const auto slice = bytes.substr(0, longest_slice);
    if (PQputCopyData(handle, slice.data(), static_cast<int>(slice.size())) != 1) break;
    flush(connection_);
    if (PQstatus(handle) == CONNECTION_BAD) break;
    bytes.remove_prefix(slice.size());
    if (bytes.empty()) return;
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
