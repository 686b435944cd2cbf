// Rows into a table of DuckDB, without SQL.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/db/duckdb.h"

namespace orch::duckdb {

/// Adds rows to a table, some thousand at a time, in the transaction of its connection. Values are
/// given as they lie in memory (Storage). One thread at a time; it ends before its connection.
class Appender {
 public:
  /// Throws Error.
  Appender(Connection& connection, const std::string& schema, const std::string& table);
  Appender(const Appender&) = delete;
  Appender& operator=(const Appender&) = delete;
  ~Appender();

  void set_null(std::size_t column);
  /// A value of a fixed size.
  void set_fixed(std::size_t column, std::string_view bytes);
  /// A text or blob, which is copied.
  void set_bytes(std::size_t column, std::string_view bytes);
  /// Every column has been set. Throws Error.
  void end_row();
  /// Hands over what is left. Throws Error.
  void finish();

 private:
  void flush();
  void check(int state);
  void look_at_vectors();

  void* appender_ = nullptr;
  void* chunk_ = nullptr;
  std::size_t capacity_;
  std::size_t rows_ = 0;
  std::vector<void*> vectors_;
  std::vector<char*> data_;
  std::vector<std::uint64_t*> validity_;  ///< null until a row is NULL
};

}  // namespace orch::duckdb
