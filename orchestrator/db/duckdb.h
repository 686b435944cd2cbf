// DuckDB by RAII, through its C interface. The library is loaded when it is first needed: orch
// neither links it nor needs it for anything else.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace orch::duckdb {

struct Functions;  ///< of the library, see duckdb_library.h

/// There is no library, or it is not one. The message says where it was looked for.
class LibraryMissing : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// DuckDB refused a statement; `what()` is its message.
class Error : public std::runtime_error {
 public:
  /// What the library calls the kind of an error (duckdb_error_type), as far as it matters here.
  enum class Type : std::uint8_t {
    other,
    io,
    interrupted,
    out_of_memory,
    permission,
    constraint,
    value,        ///< it cannot be converted, or is out of range
    transaction,  ///< it meets another one
  };
  Error(const std::string& message, Type type) : std::runtime_error(message), type_(type) {}
  Type type() const noexcept { return type_; }

 private:
  Type type_;
};

/// "v1.5.6": of the library. Throws LibraryMissing.
std::string library_version();

/// How the values of a column lie in memory (duckdb.h, "duckdb_type").
enum class Storage : std::uint8_t {
  boolean,  ///< bool
  int8,     ///< and so on
  int16,
  int32,
  int64,
  uint8,
  uint16,
  uint32,
  uint64,
  int128,  ///< HUGEINT
  uuid,    ///< int128, its first bit flipped
  float32,
  float64,
  date,         ///< int32: days since 1970
  time,         ///< int64: microseconds
  timestamp,    ///< int64: microseconds since 1970, with a zone or without
  timestamp_s,  ///< int64: seconds
  timestamp_ms,
  timestamp_ns,
  text,  ///< VARCHAR
  blob,
  decimal,  ///< int16, int32, int64 or int128 by its width
  other,    ///< what queries have to cast
};

/// A column of the rows at hand. Valid until the next Rows::next().
class Values {
 public:
  Values(const void* data, const std::uint64_t* validity) : data_(data), validity_(validity) {}

  bool null(std::size_t row) const {
    return validity_ && (validity_[row / 64] & (std::uint64_t{1} << (row % 64))) == 0;
  }
  template <class Value>
  Value at(std::size_t row) const {
    return static_cast<const Value*>(data_)[row];
  }
  /// Of text and blob.
  std::string_view bytes(std::size_t row) const;
  /// Of all others: the value as it lies in memory.
  std::string_view fixed(std::size_t row, std::size_t size) const {
    return {static_cast<const char*>(data_) + row * size, size};
  }

 private:
  const void* data_;
  const std::uint64_t* validity_;  ///< null: no value is NULL
};

__extension__ using Int128 = __int128;

struct ResultColumn {
  std::string name;
  Storage storage = Storage::other;
  int width = 0;  ///< of decimal
  int scale = 0;
  std::size_t decimal_bytes = 0;  ///< 2, 4, 8 or 16
};

class Connection;

/// The rows of a statement, some thousand at a time, as they are asked for.
class Rows {
 public:
  Rows(Rows&&) noexcept;
  Rows& operator=(Rows&&) noexcept;
  ~Rows();

  const std::vector<ResultColumn>& columns() const { return columns_; }
  /// Goes on to the next rows; false: there are no more. Throws Error.
  bool next();
  std::size_t size() const { return size_; }  ///< of the rows at hand
  Values values(std::size_t column) const;
  /// Rows that an INSERT, UPDATE or DELETE touched.
  std::int64_t changes() const { return changes_; }

 private:
  friend class Connection;
  struct Impl;
  explicit Rows(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
  std::vector<ResultColumn> columns_;
  std::size_t size_ = 0;
  std::int64_t changes_ = 0;
};

/// How a database is opened.
struct Opening {
  std::string path;  ///< empty: in memory
  bool read_only = false;
  int threads = 2;
  std::int64_t memory_mib = 512;
  std::string temporary_folder = {};  ///< for what does not fit into memory; empty: none
};

/// An open database with one connection to it. One thread at a time, but for interrupt().
class Connection {
 public:
  /// Throws LibraryMissing, Error.
  explicit Connection(const Opening& opening);
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();

  /// Runs statements whose rows are not wanted.
  void exec(const std::string& sql);
  /// Runs one statement, whose parameters $1, $2, … are texts or NULL. Its rows end with the
  /// connection.
  Rows query(const std::string& sql, const std::vector<std::optional<std::string>>& params = {});
  /// The rows of a short answer, as texts; NULL is empty. Columns have to be VARCHAR.
  std::vector<std::vector<std::string>> texts(const std::string& sql);
  /// From now on statements reach no file outside of `folders` and no network, and change no
  /// setting.
  void confine(const std::vector<std::string>& folders);
  /// One more connection to the same database, which is closed with the last of them. Any thread.
  Connection another() const;
  /// A statement that runs ends soon with Error::Type::interrupted. Any thread.
  void interrupt() noexcept;

 private:
  friend class Appender;
  struct Impl;
  explicit Connection(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// `"name"`.
std::string quote(std::string_view name);
/// `'text'`.
std::string literal(std::string_view text);

}  // namespace orch::duckdb
