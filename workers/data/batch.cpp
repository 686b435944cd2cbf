#include "workers/data/batch.h"

#include <algorithm>

namespace orch::data {
namespace {

// About what the second-level cache holds beside the encoded rows.
constexpr std::size_t most_cells = 2'048;
constexpr std::size_t most_rows = 256;
constexpr std::size_t most_bytes = std::size_t{64} * 1024;

}  // namespace

RowBatch::RowBatch(std::size_t columns)
    : columns_(columns),
      rowids_(
          std::clamp<std::size_t>(most_cells / std::max<std::size_t>(columns, 1), 1, most_rows)) {
  cells_.resize(columns_ * rowids_.size());
  bytes_.reserve(most_bytes);
}

std::span<const Cell> RowBatch::row(std::size_t at) const {
  return std::span(cells_).subspan(at * columns_, columns_);
}

std::span<Cell> RowBatch::add(std::optional<std::int64_t> rowid) {
  const auto cells = std::span(cells_).subspan(rows_ * columns_, columns_);
  std::fill(cells.begin(), cells.end(), Cell());
  rowids_[rows_++] = rowid;
  full_ = rows_ == rowids_.size();
  return cells;
}

void RowBatch::keep() {
  for (auto& cell : std::span(cells_).subspan((rows_ - 1) * columns_, columns_))
    if (!cell.bytes.empty()) cell.bytes = copied(cell.bytes);
}

std::string_view RowBatch::copied(std::string_view bytes) {
  const auto start = bytes_.size();
  if (bytes.size() > most_bytes - start) return full_ = true, bytes;
  bytes_.append(bytes);
  return std::string_view(bytes_).substr(start);
}

void RowBatch::clear() {
  rows_ = 0;
  full_ = false;
  bytes_.clear();
}

}  // namespace orch::data
