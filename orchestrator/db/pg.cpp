#include "orchestrator/db/pg.h"

#include <charconv>
#include <utility>

#include <libpq-fe.h>

#include "orchestrator/db/pg_check.h"

namespace orch::pg {
namespace {

// What a dead or unreachable server costs at most; what conninfo says itself comes later and wins.
constexpr const char* defaults =
    "connect_timeout=10 keepalives=1 keepalives_idle=30 keepalives_interval=10 keepalives_count=3 "
    "tcp_user_timeout=60000 application_name=orch client_encoding=UTF8 ";

constexpr const char* session =
    "SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET TimeZone = 'UTC'; "
    "SET extra_float_digits = 3; SET bytea_output = 'hex'; SET lc_monetary = 'C'; "
    "SET xmloption = 'content'; SET standard_conforming_strings = on";

std::string trimmed(const char* message) {
  std::string text = message ? message : "";
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

std::string field(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text ? text : "";
}

[[noreturn]] void broken(PGconn* connection) {
  throw Error(trimmed(PQerrorMessage(connection)), "08006");
}

[[noreturn]] void fail(PGconn* connection, const PGresult* result) {
  auto state = field(result, PG_DIAG_SQLSTATE);
  if (state.empty() || PQstatus(connection) == CONNECTION_BAD) {
    if (state.empty()) state = "08006";
    throw Error(trimmed(PQerrorMessage(connection)), state);
  }
  throw Error(field(result, PG_DIAG_MESSAGE_PRIMARY), state, field(result, PG_DIAG_MESSAGE_DETAIL));
}

}  // namespace

Result checked(pg_conn* connection, pg_result* raw) {
  if (!raw) broken(connection);
  Result result(raw);
  const auto status = PQresultStatus(raw);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_COPY_IN &&
      status != PGRES_COPY_OUT && status != PGRES_SINGLE_TUPLE)
    fail(connection, raw);
  return result;
}

void Result::Clear::operator()(pg_result* result) const noexcept { PQclear(result); }

int Result::rows() const { return PQntuples(result_.get()); }
int Result::columns() const { return PQnfields(result_.get()); }
bool Result::null(int row, int column) const {
  return PQgetisnull(result_.get(), row, column) != 0;
}
std::string_view Result::text(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}
std::optional<std::string> Result::optional(int row, int column) const {
  if (null(row, column)) return std::nullopt;
  return std::string(text(row, column));
}
std::int64_t Result::int64(int row, int column) const {
  const auto digits = text(row, column);
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}
std::string_view Result::column_name(int column) const { return PQfname(result_.get(), column); }
std::uint32_t Result::column_type(int column) const { return PQftype(result_.get(), column); }
int Result::column_modifier(int column) const { return PQfmod(result_.get(), column); }
int Result::parameters() const { return PQnparams(result_.get()); }
std::string_view Result::command() const { return PQcmdStatus(result_.get()); }
std::int64_t Result::affected() const {
  const std::string_view digits = PQcmdTuples(result_.get());
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

void Connection::Finish::operator()(pg_conn* connection) const noexcept { PQfinish(connection); }

Connection::Connection(const std::string& conninfo)
    : connection_(PQconnectdb((defaults + conninfo).c_str())) {
  auto* raw = connection_.get();
  if (PQstatus(raw) != CONNECTION_OK) {
    // libpq gives no SQLSTATE here; the server's words tell a refusal from silence.
    const auto message = trimmed(PQerrorMessage(raw));
    const auto says = [&](const char* words) { return message.find(words) != std::string::npos; };
    const bool refused = says("authentication failed") || says("no password supplied") ||
                         says("pg_hba.conf") || (says("role \"") && says("does not exist"));
    const bool missing = says("database \"") && says("does not exist");
    throw Error(message, refused ? "28P01" : missing ? "3D000" : "08001");
  }
  PQsetNoticeProcessor(
      raw, [](void*, const char*) {}, nullptr);
  exec(session);
}

Result Connection::exec(const std::string& sql) {
  return checked(handle(), PQexec(handle(), sql.c_str()));
}

Result Connection::exec(const std::string& sql, const Params& params) {
  std::vector<const char*> values;
  for (const auto& param : params) values.push_back(param ? param->c_str() : nullptr);
  return checked(handle(), PQexecParams(handle(), sql.c_str(), static_cast<int>(values.size()),
                                        nullptr, values.data(), nullptr, nullptr, 0));
}

Result Connection::describe(const std::string& query) {
  checked(handle(), PQprepare(handle(), "", query.c_str(), 0, nullptr));
  return checked(handle(), PQdescribePrepared(handle(), ""));
}

int Connection::server_version() const { return PQserverVersion(handle()); }

Transaction::Transaction(Connection& connection, const std::string& begin)
    : connection_(&connection) {
  connection.exec(begin);
}

Transaction::~Transaction() {
  if (connection_) PQclear(PQexec(connection_->handle(), "ROLLBACK"));
}

void Transaction::commit() {
  connection_->exec("COMMIT");
  connection_ = nullptr;
}

CopyOut::CopyOut(Connection& connection, const std::string& sql) : connection_(connection) {
  connection.exec(sql);
}

CopyOut::~CopyOut() { PQfreemem(buffer_); }

bool CopyOut::next(std::string_view& row) {
  PQfreemem(std::exchange(buffer_, nullptr));
  const int size = PQgetCopyData(connection_.handle(), &buffer_, 0);
  if (size > 0) {
    row = {buffer_, static_cast<std::size_t>(size)};
    return true;
  }
  if (size == -2) broken(connection_.handle());
  checked(connection_.handle(), PQgetResult(connection_.handle()));
  while (auto* rest = PQgetResult(connection_.handle())) PQclear(rest);
  return false;
}

CopyIn::CopyIn(Connection& connection, const std::string& sql) : connection_(connection) {
  connection.exec(sql);
}

CopyIn::~CopyIn() {
  if (!open_) return;
  PQputCopyEnd(connection_.handle(), "abandoned");
  while (auto* rest = PQgetResult(connection_.handle())) PQclear(rest);
}

void CopyIn::write(std::string_view bytes) {
  if (PQputCopyData(connection_.handle(), bytes.data(), static_cast<int>(bytes.size())) == 1)
    return;
  // The server has ended the COPY: its reason is worth more than the broken pipe.
  finish();
  broken(connection_.handle());
}

std::int64_t CopyIn::finish() {
  open_ = false;
  auto* handle = connection_.handle();
  if (PQputCopyEnd(handle, nullptr) != 1) broken(handle);
  const auto result = checked(handle, PQgetResult(handle));
  while (auto* rest = PQgetResult(handle)) PQclear(rest);
  return result.affected();
}

std::string quote(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string literal(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted += '\'';
    quoted += c;
  }
  return quoted + '\'';
}

}  // namespace orch::pg
