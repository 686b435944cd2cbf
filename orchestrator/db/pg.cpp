#include "orchestrator/db/pg.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <poll.h>
#include <utility>

#include <libpq-fe.h>

#include "orchestrator/db/pg_check.h"
#include "orchestrator/db/pg_connect.h"
#include "orchestrator/db/pg_wait.h"

namespace orch::pg {
namespace {

constexpr std::chrono::milliseconds rollback_patience{2'000};

constexpr std::array in_transactions = {
    "DateStyle = 'ISO, YMD'",
    "IntervalStyle = 'postgres'",
    "TimeZone = 'UTC'",
    "extra_float_digits = 3",
    "bytea_output = 'hex'",
    "lc_monetary = 'C'",
    "xmloption = 'content'",
    "standard_conforming_strings = on",
    "quote_all_identifiers = off",  // format_type() would quote the names of types, too
    "array_nulls = on",
    // Limits that administrators give to roles are meant for people's sessions: a load takes long.
    "statement_timeout = 0",
    "idle_in_transaction_session_timeout = 0",
};
constexpr int first_with_transaction_timeout = 170'000;
constexpr std::size_t most_prepared = 100;
constexpr std::size_t most_seen = 300;

std::string field(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text ? text : "";
}

/// `text` as libpq takes it, which would leave out what comes after a NUL.
const char* whole(const std::string& text) {
  if (text.find('\0') != std::string::npos)
    throw Error("a statement, name or value holds a NUL character", "22021");
  return text.c_str();
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

Stop either(Stop one, Stop other) {
  if (!one) return other;
  if (!other) return one;
  return [one = std::move(one), other = std::move(other)] { return one() || other(); };
}

std::string trimmed(const char* message) {
  std::string text = message ? message : "";
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

void check(pg_conn* connection, const pg_result* result) {
  if (!result) broken(connection);
  const auto status = PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_COPY_IN &&
      status != PGRES_COPY_OUT && status != PGRES_SINGLE_TUPLE)
    fail(connection, result);
}

Result checked(pg_conn* connection, pg_result* raw) {
  Result result(raw);
  check(connection, raw);
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

Connection::Connection(std::string conninfo, Stop stop, std::chrono::seconds silence)
    : conninfo_(std::move(conninfo)),
      connection_(connect(conninfo_, stop)),
      stop_(std::move(stop)),
      silence_(silence) {
  PQsetnonblocking(handle(), 1);
  renew(std::move(stop_), silence_);
}

void Connection::renew(Stop stop, std::chrono::seconds silence) {
  stop_ = std::move(stop);
  silence_ = silence;
  asks_ = true;
  row_limit_ = 0;
  settings_.clear();
  for (const auto* setting : in_transactions) set_in_transactions(setting);
  if (server_version() >= first_with_transaction_timeout)
    set_in_transactions("transaction_timeout = 0");
}

bool Connection::is_untouched() const {
  return untouched_ && PQstatus(handle()) == CONNECTION_OK && !in_transaction();
}

bool Connection::is_quiet() const {
  pollfd socket{PQsocket(handle()), POLLIN, 0};
  return PQstatus(handle()) == CONNECTION_OK && poll(&socket, 1, 0) == 0;
}

bool Connection::in_transaction() const { return PQtransactionStatus(handle()) != PQTRANS_IDLE; }

void Connection::set_in_transactions(const std::string& setting) {
  settings_ += "; SET LOCAL " + setting;
}

Result Connection::exec(const std::string& sql) {
  send(sql);
  return receive();
}

void Connection::send(const std::string& sql) {
  const bool begins = sql.starts_with("BEGIN");
  // What follows BEGIN in the same text comes after them: it may set one of them anew.
  auto all = begins ? sql : std::string();
  if (begins) all.insert(std::min(all.find(';'), all.size()), settings_);
  sent(*this, PQsendQuery(handle(), whole(begins ? all : sql)));
}

Result Connection::receive() { return last_result(*this); }

void Connection::send(const std::string& sql, const Params& params) {
  std::vector<const char*> values;
  for (const auto& param : params) values.push_back(param ? whole(*param) : nullptr);
  const auto count = static_cast<int>(values.size());
  const auto name = prepared(sql);
  sent(*this, name.empty() ? PQsendQueryParams(handle(), whole(sql), count, nullptr, values.data(),
                                               nullptr, nullptr, 0)
                           : PQsendQueryPrepared(handle(), name.c_str(), count, values.data(),
                                                 nullptr, nullptr, 0));
}

// Texts with the names of tables in them come once in a session, most of the time: so the second
// time counts. What was prepared stays for as long as the session.
std::string Connection::prepared(const std::string& sql) {
  if (!prepares_) return {};
  const auto found = statements_.find(sql);
  if (found != statements_.end() && !found->second.empty()) return found->second;
  if (prepared_ >= most_prepared) return {};
  if (found == statements_.end()) {
    if (statements_.size() >= most_seen)
      std::erase_if(statements_, [](const auto& each) { return each.second.empty(); });
    statements_.emplace(sql, "");
    return {};
  }
  auto name = "orch_" + std::to_string(prepared_++);
  sent(*this, PQsendPrepare(handle(), name.c_str(), whole(sql), 0, nullptr));
  last_result(*this);
  found->second = name;
  return name;
}

Result Connection::exec(const std::string& sql, const Params& params) {
  send(sql, params);
  return last_result(*this);
}

Result Connection::describe(const std::string& query) {
  sent(*this, PQsendPrepare(handle(), "", whole(query), 0, nullptr));
  last_result(*this);
  sent(*this, PQsendDescribePrepared(handle(), ""));
  return last_result(*this);
}

int Connection::server_version() const { return PQserverVersion(handle()); }

Transaction::Transaction(Connection& connection, const std::string& begin)
    : connection_(&connection) {
  connection.exec(begin);
}

Transaction::~Transaction() {
  if (!connection_) return;
  auto* handle = connection_->handle();
  end_statement(*connection_);
  // Not exec(): what was stopped must be rolled back all the same.
  if (PQsendQuery(handle, "ROLLBACK") == 1) drain(handle, rollback_patience);
}

void Transaction::commit() {
  connection_->exec("COMMIT");
  connection_ = nullptr;
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
