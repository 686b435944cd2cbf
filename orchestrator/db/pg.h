// PostgreSQL by RAII over libpq: Connection, Result, Transaction, and both ways of COPY. One thread
// uses one Connection. The only header that stands for libpq.
//
// Whatever waits for the server asks the connection's Stop ten times a second, cancels the
// statement at the server and throws Stopped. Where the server says nothing for long, it is asked
// over a second connection whether it still works.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

struct pg_conn;
struct pg_result;

namespace orch::pg {

/// A failed call. `what()` is the server's or libpq's message, without secrets.
class Error : public std::runtime_error {
 public:
  Error(const std::string& message, std::string sqlstate, std::string detail = {})
      : std::runtime_error(message), sqlstate_(std::move(sqlstate)), detail_(std::move(detail)) {}
  /// Five characters; "08001" when no server answered, "08004" when one answered but no connection
  /// could be agreed on (TLS, settings of the connection), "08006" when a connection broke.
  const std::string& sqlstate() const noexcept { return sqlstate_; }
  const std::string& detail() const noexcept { return detail_; }

 private:
  std::string sqlstate_;
  std::string detail_;
};

/// SQLSTATE of a row that is longer than Connection::limit_rows() permits.
inline constexpr const char* row_too_large = "54000";

/// True: the work is no longer wanted. Called on the thread that uses the connection.
using Stop = std::function<bool()>;

/// True when one of them is; either may be unset.
Stop either(Stop one, Stop other);

/// Thrown out of a call that waited when Stop answered true. The statement has been cancelled.
class Stopped : public std::exception {
 public:
  const char* what() const noexcept override { return "stopped"; }
};

class Result {
 public:
  explicit Result(pg_result* result) : result_(result) {}
  int rows() const;
  int columns() const;
  bool null(int row, int column) const;
  /// Valid as long as the result; empty for NULL.
  std::string_view text(int row, int column) const;
  std::optional<std::string> optional(int row, int column) const;
  std::int64_t int64(int row, int column) const;
  /// "t"
  bool boolean(int row, int column) const { return text(row, column) == "t"; }
  std::string_view column_name(int column) const;
  /// Type oid of a column.
  std::uint32_t column_type(int column) const;
  int column_modifier(int column) const;
  /// Of what Connection::describe() gave: how many parameters the statement takes.
  int parameters() const;
  /// What the server did: "SELECT 3", "CREATE TABLE".
  std::string_view command() const;
  /// Rows an INSERT, UPDATE, DELETE or COPY touched.
  std::int64_t affected() const;

 private:
  struct Clear {
    void operator()(pg_result* result) const noexcept;
  };
  std::unique_ptr<pg_result, Clear> result_;
};

using Params = std::vector<std::optional<std::string>>;

class Connection {
 public:
  /// `conninfo` as libpq takes it; it may hold a password, which no message repeats. Throws Error
  /// with the SQLSTATE of a server that refuses, "08001" when none answers within the
  /// connect_timeout of `conninfo` (10 s without one).
  ///
  /// Transactions are UTC and spell values in the ISO way, so that text is the same from every
  /// server, and have no time limits of the role's. These settings are local to each transaction:
  /// behind a pooler the next one may be another client's. Statements outside of transactions must
  /// not depend on them.
  ///
  /// After `silence` without a byte where one is awaited, a second connection asks the server what
  /// it does; when it does nothing for this one, or does not answer either, the call throws Error
  /// "08006". 0: never.
  explicit Connection(std::string conninfo, Stop stop = {},
                      std::chrono::seconds silence = std::chrono::seconds(60));

  /// Returns what was asked until now.
  Stop stop_when(Stop stop) { return std::exchange(stop_, std::move(stop)); }
  bool stop_requested() const { return stop_ && stop_(); }
  const Stop& stop() const noexcept { return stop_; }
  std::chrono::seconds silence() const noexcept { return silence_; }
  /// False: silence is an end without a question.
  void asks_when_silent(bool asks) { asks_ = asks; }
  bool asks_when_silent() const noexcept { return asks_; }
  /// With its password.
  const std::string& conninfo() const noexcept { return conninfo_; }

  bool in_transaction() const;
  /// For another piece of work, as if it had just been made: no row limit, no settings of
  /// transactions but those of every connection.
  void renew(Stop stop, std::chrono::seconds silence);
  /// False when it is in a transaction, is broken, or had a statement cancelled: the server may
  /// obey that late.
  bool is_untouched() const;
  /// False when the server has said something unasked: that it has ended the session,
  /// in most cases.
  bool is_quiet() const;
  /// A statement of it is being cancelled.
  void touched() noexcept { untouched_ = false; }
  /// The longest row that a CopyOut takes, in bytes; a longer one is Error "54000", before all of
  /// it has been read. 0: any.
  void limit_rows(std::size_t bytes) { row_limit_ = bytes; }
  std::size_t row_limit() const noexcept { return row_limit_; }
  /// From now on statements with parameters that come again are prepared: parsing and planning
  /// them costs more than a small table. Not where something in between lends sessions.
  void prepare_repeated() { prepares_ = true; }
  /// One more setting, "lock_timeout = '5s'", of each transaction that begins from now on.
  void set_in_transactions(const std::string& setting);

  /// One or more statements without parameters; the result of the last. One that starts with BEGIN
  /// makes the settings of a transaction. Here and below a NUL in
  /// what is sent is an Error ("22021").
  Result exec(const std::string& sql);
  /// One statement with $1, $2, …; all parameters travel as text.
  Result exec(const std::string& sql, const Params& params);
  /// Starts such a statement and leaves its results to be read.
  void send(const std::string& sql, const Params& params);
  /// Starts what exec() without parameters runs, and leaves its result to receive().
  void send(const std::string& sql);
  Result receive();
  /// The columns a query would give, without running it.
  Result describe(const std::string& query);
  /// 150018 for 15.18.
  int server_version() const;
  pg_conn* handle() const noexcept { return connection_.get(); }

 private:
  struct Finish {
    void operator()(pg_conn* connection) const noexcept;
  };
  std::string conninfo_;
  std::unique_ptr<pg_conn, Finish> connection_;
  Stop stop_;
  std::chrono::seconds silence_;
  bool asks_ = true;
  bool untouched_ = true;
  /// The name under which `sql` is prepared, which it may be now; empty: it is not.
  std::string prepared(const std::string& sql);

  std::size_t row_limit_ = 0;
  std::string settings_;  ///< "; SET LOCAL …" of each transaction
  bool prepares_ = false;
  std::unordered_map<std::string, std::string> statements_;  ///< names by text; empty: seen once
  std::size_t prepared_ = 0;
};

/// Rolls back unless committed.
class Transaction {
 public:
  explicit Transaction(Connection& connection, const std::string& begin = "BEGIN");
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();
  /// A COMMIT was run with the last statement.
  void ended() { connection_ = nullptr; }

 private:
  Connection* connection_;
};

/// COPY … TO STDOUT, row by row. Destroyed before the end: the statement is cancelled.
class CopyOut {
 public:
  CopyOut(Connection& connection, const std::string& sql);
  ~CopyOut();
  CopyOut(const CopyOut&) = delete;
  CopyOut& operator=(const CopyOut&) = delete;
  /// The next message (a row; of a binary COPY the first also holds the header), valid until the
  /// next call. False at the end.
  bool next(std::string_view& row);

 private:
  Connection& connection_;
  char* buffer_ = nullptr;
  bool open_ = true;
};

/// COPY … FROM STDIN. Destroyed before finish(): the statement is cancelled.
class CopyIn {
 public:
  CopyIn(Connection& connection, const std::string& sql);
  ~CopyIn();
  CopyIn(const CopyIn&) = delete;
  CopyIn& operator=(const CopyIn&) = delete;
  void write(std::string_view bytes);
  /// Rows copied.
  std::int64_t finish();

 private:
  Connection& connection_;
  bool open_ = true;
};

/// "name" with its quotes doubled: any name is safe in SQL.
std::string quote(std::string_view name);
/// 'text' for places where SQL takes no parameter.
std::string literal(std::string_view text);

}  // namespace orch::pg
