// MySQL and MariaDB by RAII over MariaDB Connector/C: Connection, Rows, Transaction. One thread
// uses one Connection. The library's own header is seen in this folder alone.
//
// Rows come as the server sends them, one at a time: a result is never held as a whole. Whatever
// waits for the server asks the connection's Stop ten times a second and throws Stopped; the
// connection is of no use then.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orch::mysql {

/// A failed call. `what()` is the server's or the library's message, without secrets.
class Error : public std::runtime_error {
 public:
  Error(const std::string& message, unsigned number, std::string sqlstate)
      : std::runtime_error(message), number_(number), sqlstate_(std::move(sqlstate)) {}
  /// 1000 and more: the server's; 2000 to 2999: the library's.
  unsigned number() const noexcept { return number_; }
  const std::string& sqlstate() const noexcept { return sqlstate_; }

 private:
  unsigned number_;
  std::string sqlstate_;
};

/// The number of a row that is longer than Options::largest_row.
inline constexpr unsigned row_too_large = 2020;

/// True: the work is no longer wanted. Called on the thread that uses the connection.
using Stop = std::function<bool()>;

/// Thrown out of a call that waited when Stop answered true.
class Stopped : public std::exception {
 public:
  const char* what() const noexcept override { return "stopped"; }
};

/// How TLS is asked for.
enum class Tls : std::uint8_t {
  preferred,  ///< where the server has it; never over a Unix socket
  required,   ///< else no connection
  verified,   ///< and its certificate is good for the host
  off,
};

struct Options {
  std::string host;   ///< name or address; a path is a Unix socket; empty: the library's default
  unsigned port = 0;  ///< 0: 3306
  std::string user;
  std::string password;
  std::string database;  ///< empty: none
  Tls tls = Tls::preferred;
  std::string tls_ca;  ///< file; empty: the system's
  unsigned connect_seconds = 10;
  unsigned silence_seconds = 60;          ///< that a network may be dead; 0: no limit
  std::size_t largest_row = 256U << 20U;  ///< bytes
};

/// Rows of one statement, read as they arrive. The connection does nothing else until the last has
/// been read; when this is gone before, the connection can only be closed.
class Rows {
 public:
  Rows(Rows&&) noexcept;
  Rows& operator=(Rows&&) = delete;
  ~Rows();

  /// The next row, or false after the last. Throws Error, Stopped.
  bool next();
  std::size_t columns() const { return columns_; }
  bool null(std::size_t column) const;
  /// Valid until the next row; empty for NULL.
  std::string_view text(std::size_t column) const;
  std::optional<std::string> optional(std::size_t column) const;
  std::int64_t int64(std::size_t column) const;

 private:
  friend class Connection;
  class Inside;
  explicit Rows(std::unique_ptr<Inside> inside);

  std::unique_ptr<Inside> inside_;
  std::size_t columns_;
};

/// A column of a result, as the protocol describes it.
struct ResultColumn {
  std::string name;
  std::string type;  ///< as COLUMN_TYPE of information_schema spells it: "decimal(12,2) unsigned"
  bool nullable;
};

class Connection {
 public:
  /// Connects in UTF-8. Throws Error, Stopped.
  Connection(const Options& options, Stop stop);
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();

  /// A statement whose rows do not matter.
  void exec(const std::string& sql);
  /// A query. Throws Error, Stopped.
  Rows query(const std::string& sql);
  /// The first row's first value; unset for no row and for NULL.
  std::optional<std::string> value(const std::string& sql);
  /// Columns of a query's result, without its rows: it is prepared only.
  std::vector<ResultColumn> describe(const std::string& sql);

  /// "10.11.6-MariaDB"; without what a proxy may put before it.
  std::string server_version() const;
  bool mariadb() const;

  struct Inside;

 private:
  std::unique_ptr<Inside> inside_;
};

/// "`name`"
std::string quote(std::string_view name);
/// "'text'", for sessions with NO_BACKSLASH_ESCAPES.
std::string literal(std::string_view text);

}  // namespace orch::mysql
