// What DuckDB's types mean, and the cells that their values become.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "orchestrator/db/duckdb.h"
#include "workers/data/cell.h"
#include "workers/data/table.h"

namespace orch::duckdb {

/// From 1970, where DuckDB begins to count, to 2000, where cells do.
inline constexpr std::int64_t days_to_2000 = 10'957;
inline constexpr std::int64_t micros_to_2000 = days_to_2000 * 86'400'000'000;

/// A column of the type that DESCRIBE spells. What has no kind of its own becomes a text
/// (intervals, bits, times with a zone, enumerations) or JSON (lists, structs, maps, unions);
/// Kind::other: it cannot be read.
data::Column column_of(std::string name, std::string type);

/// `name`, or what makes of it a value that append() takes.
std::string selected(const data::Column& column, const std::string& name);

/// The values of one column of a result on their way into cells.
class CellMaker {
 public:
  CellMaker(const ResultColumn& result, const data::Column& column);

  /// False when the value is finer than microseconds. What the cell points to lives until the next
  /// call and the next Rows::next().
  bool make(const Values& values, std::size_t row, data::Cell& cell);

 private:
  data::Cell decimal(Int128 value);
  data::Cell uuid(Int128 value);
  bool timestamp(std::int64_t value, data::Cell& cell) const;
  bool text(std::string_view bytes, data::Cell& cell);

  Storage storage_;
  data::Kind kind_;
  int scale_;
  std::size_t decimal_bytes_;
  std::string scratch_;
};

}  // namespace orch::duckdb
