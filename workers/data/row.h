// Rows on their way from a source to a target.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace orch::data {

/// One value as a source hands it out; `bytes` is valid until the next row. A source that is not
/// SQLite gives what the column's Kind says: integer (also boolean: 0 or 1), real, blob for bytes,
/// and text in the one spelling of PostgreSQL's ISO output for everything else.
struct Cell {
  enum class Type : std::uint8_t { null, integer, real, text, blob };
  Type type = Type::null;
  std::int64_t integer = 0;
  double real = 0;
  std::string_view bytes;
};

/// How a row is spelled between a source and a target, agreed for one table before it is read.
enum class RowFormat : std::uint8_t {
  cells,      ///< spans of Cell; the target's RowEncoder spells them
  pg_binary,  ///< one tuple of PostgreSQL's COPY … BINARY, passed through without decoding
  pg_text,    ///< one line of PostgreSQL's COPY text, with its newline, passed through
};

/// Takes every row of a read. One thread at a time.
class RowSink {
 public:
  virtual ~RowSink() = default;
  /// A row in RowFormat::cells.
  virtual void row(std::span<const Cell> cells) = 0;
  /// A row already spelled in the agreed pg_binary or pg_text.
  virtual void encoded(std::string_view row) = 0;
};

}  // namespace orch::data
