// ODBC by RAII, through unixODBC's driver manager: Connection, Rows. The library is loaded when it
// is first needed. One thread uses one Connection; sql.h is seen in this folder alone.
//
// Rows are fetched many at a time into buffers that are made once. Texts are UTF-8 everywhere here:
// statements and names go through the wide functions, whose UTF-16 does not depend on a locale.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orch::odbc {

/// There is no driver manager. The message says where it was looked for.
class LibraryMissing : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A failed call. `what()` is what driver and server say, without the secret.
class Error : public std::runtime_error {
 public:
  Error(const std::string& message, std::string sqlstate, int native, bool dead = false)
      : std::runtime_error(message), sqlstate_(std::move(sqlstate)), native_(native), dead_(dead) {}
  const std::string& sqlstate() const noexcept { return sqlstate_; }
  int native() const noexcept { return native_; }  ///< the server's or the driver's own number
  bool dead() const noexcept { return dead_; }     ///< the driver says that the connection is gone

 private:
  std::string sqlstate_;
  int native_;
  bool dead_;
};

/// A value does not fit: longer than its column declares, or than Options::largest_value.
class TooLong : public std::exception {
 public:
  TooLong(std::size_t column, bool declared) : column_(column), declared_(declared) {}
  const char* what() const noexcept override { return "a value is too long"; }
  std::size_t column() const noexcept { return column_; }
  bool declared() const noexcept { return declared_; }  ///< than Fetch::longest

 private:
  std::size_t column_;
  bool declared_;
};

/// True: the work is no longer wanted. Called on any thread, ten times a second while a call waits.
using Stop = std::function<bool()>;

/// Thrown out of a call that waited when Stop answered true. The connection is of no use then.
class Stopped : public std::exception {
 public:
  const char* what() const noexcept override { return "stopped"; }
};

/// A driver or data source that odbcinst.ini and odbc.ini name.
struct Named {
  std::string name;
  std::string driver;  ///< of a data source
};
/// Throw LibraryMissing, Error.
std::vector<Named> drivers();
std::vector<Named> data_sources();

struct Options {
  std::string text;    ///< "DRIVER={…};SERVER=…", without the secret
  std::string secret;  ///< goes with it as PWD; empty: none
  /// The driver takes a value in braces as it is, up to "};": two closing ones are two.
  bool plain_braces = false;
  unsigned connect_seconds = 10;
  std::size_t largest_value = 256U << 20U;  ///< bytes, as fetched
};

/// As what a column is fetched.
enum class Form : std::uint8_t {
  integer,    ///< 64 bits
  real,       ///< double
  text,       ///< bytes as the driver has them: UTF-8 where it is told so
  wide,       ///< UTF-16
  bytes,      ///< binary
  date,       ///< Moment
  timestamp,  ///< Moment
};

struct Fetch {
  Form form = Form::wide;
  /// Bytes of the longest value; 0: not known. Such columns are read in pieces, row by row, and
  /// have to be the last of the result.
  std::size_t longest = 0;
};

struct Moment {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
  std::uint32_t nanoseconds = 0;
};

class Connection;

/// Rows of one statement. The connection runs no other statement until this is gone.
class Rows {
 public:
  Rows(Rows&&) noexcept;
  Rows& operator=(Rows&&) = delete;
  ~Rows();

  /// The next row, or false after the last. Throws Error, TooLong, Stopped.
  bool next();
  bool null(std::size_t column) const;
  // Of columns that are fetched so. What they answer is valid until the next row.
  std::int64_t integer(std::size_t column) const;
  double real(std::size_t column) const;
  Moment moment(std::size_t column) const;
  std::string_view bytes(std::size_t column) const;  ///< text, bytes
  std::u16string_view wide(std::size_t column) const;

 private:
  friend class Connection;
  class Inside;
  explicit Rows(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

/// A column of a result, as driver and server describe it.
struct ResultColumn {
  std::string name;
  std::string type_name;  ///< as the server calls it: "numeric"; may be empty
  int type = 0;           ///< SQL_VARCHAR and so on
  std::size_t size = 0;   ///< digits or characters
  int digits = 0;         ///< after the point
  bool nullable = true;
  bool is_unsigned = false;
};

/// The type by ODBC's own code: "integer", "decimal(12,2)", "varchar(10)"; empty for codes of a
/// driver's own.
std::string standard_type(const ResultColumn& column);

/// A short answer, as texts; NULL is unset.
using Texts = std::vector<std::vector<std::optional<std::string>>>;

class Connection {
 public:
  /// Throws LibraryMissing, Error.
  Connection(const Options& options, Stop stop);
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();

  // All of these throw Error, Stopped.
  /// A statement whose rows do not matter.
  void exec(const std::string& sql);
  Rows query(const std::string& sql, std::span<const Fetch> columns);
  Texts texts(const std::string& sql);
  /// The first row's first value; unset for no row and for NULL.
  std::optional<std::string> value(const std::string& sql);
  /// Columns of a query's result, without its rows.
  std::vector<ResultColumn> describe(const std::string& sql);
  /// What the driver knows of the connection's database: the columns of SQLTables, SQLColumns,
  /// SQLPrimaryKeys. Names may come as patterns: the caller compares.
  Texts tables();
  Texts columns(const std::string& schema, const std::string& table);
  Texts primary_keys(const std::string& schema, const std::string& table);

  /// Statements belong to one transaction until commit(). Where this is not called, each statement
  /// is its own, but for those that the statements themselves begin.
  void begin();
  void commit();

  std::string product() const;  ///< SQL_DBMS_NAME: "PostgreSQL"
  std::string version() const;  ///< SQL_DBMS_VER
  std::string driver() const;   ///< SQL_DRIVER_NAME and its version: "psqlodbcw.so 13.02"
  /// SQL_IDENTIFIER_QUOTE_CHAR; a blank where names cannot be quoted.
  std::string quote_mark() const;

  struct Inside;

 private:
  std::unique_ptr<Inside> inside_;
};

/// "{value}" where an attribute of a connection string needs it, with its braces doubled.
std::string attribute(std::string_view value);

}  // namespace orch::odbc
