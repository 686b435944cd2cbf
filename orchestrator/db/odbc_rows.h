// The rows of a statement: bound buffers, and values in pieces.
#pragma once

#include <span>
#include <vector>

#include "orchestrator/db/odbc_handle.h"

namespace orch::odbc {

/// What a statement needs of its connection.
struct Session {
  SQLHANDLE connection = nullptr;
  Watch* watch = nullptr;
  const Scrubber* scrub = nullptr;
  std::size_t largest_value = 0;
};

class Rows::Inside {
 public:
  /// `statement` has been run.
  Inside(std::unique_ptr<Handle> statement, const Session& session, std::span<const Fetch> columns);

  bool next();
  bool null(std::size_t column) const { return size(column) == SQL_NULL_DATA; }
  /// Of a value in its buffer.
  template <class Value>
  Value at(std::size_t column) const {
    Value value;
    std::copy_n(data(column), sizeof value, reinterpret_cast<char*>(&value));
    return value;
  }
  std::string_view bytes(std::size_t column) const;

 private:
  struct Column {
    Fetch fetch;
    std::vector<char> buffer;   ///< of all rows, or of one value in pieces
    std::vector<SQLLEN> sizes;  ///< SQL_NULL_DATA for NULL
    std::size_t stride = 0;     ///< bytes from a value to the next; 0: in pieces
  };

  void bind();
  bool fetch();
  void read_in_pieces(std::size_t column);
  void check(SQLRETURN result) const;
  void check_sizes() const;
  const char* data(std::size_t column) const {
    return columns_[column].buffer.data() + columns_[column].stride * row_;
  }
  SQLLEN size(std::size_t column) const {
    const auto& one = columns_[column];
    return one.sizes[one.stride == 0 ? 0 : row_];
  }

  std::unique_ptr<Handle> statement_;
  Session session_;
  std::vector<Column> columns_;
  std::vector<SQLUSMALLINT> states_;  ///< of the rows fetched
  SQLULEN fetched_ = 0;
  std::size_t row_ = 0;
  bool pieces_ = false;  ///< a column is read in pieces
};

}  // namespace orch::odbc
