// Rows of one read that are handed on together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "workers/data/cell.h"

namespace orch::data {

/// Rows of a fixed number of cells. A reader fills it, hands it to a RowSink and empties it, again
/// and again; once made it allocates nothing, and it holds some hundred KiB and one row of any
/// size.
class RowBatch {
 public:
  explicit RowBatch(std::size_t columns);

  std::size_t rows() const { return rows_; }
  std::span<const Cell> row(std::size_t at) const;
  /// What the source calls the row, for people; unset where it has no name.
  std::optional<std::int64_t> rowid(std::size_t at) const { return rowids_[at]; }

  /// The cells of one more row, all NULL. Not when it is full.
  std::span<Cell> add(std::optional<std::int64_t> rowid = std::nullopt);
  /// Copies the bytes of the last row, so that the source can move on. Those that there is no room
  /// for stay where they are, and the batch is full: it is handed on before the source moves.
  void keep();
  bool full() const { return full_; }
  void clear();

 private:
  std::string_view copied(std::string_view bytes);

  std::size_t columns_;
  std::size_t rows_ = 0;
  bool full_ = false;
  std::vector<Cell> cells_;
  std::vector<std::optional<std::int64_t>> rowids_;
  std::string bytes_;  ///< never grows beyond its capacity: cells point into it
};

}  // namespace orch::data
