// What a source reads, as plain texts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "workers/data/source.h"
#include "workers/rows/value.h"

namespace orch::test {

using TextRow = std::vector<std::optional<std::string>>;

/// Keeps every row; NULL is unset, numbers are in decimal.
class CollectingSink final : public data::RowSink {
 public:
  void rows(const data::RowBatch& batch) override {
    for (std::size_t i = 0; i < batch.rows(); ++i) {
      auto& row = found.emplace_back();
      for (const auto& cell : batch.row(i)) row.push_back(text_of(cell));
    }
  }
  void encoded(std::string_view) override { throw std::logic_error("encoded row"); }

  std::vector<TextRow> found;

 private:
  std::optional<std::string> text_of(const data::Cell& cell) {
    if (cell.type == data::Cell::Type::real) return std::to_string(cell.real);
    if (cell.type == data::Cell::Type::blob) return std::string(cell.bytes);
    const auto text = rows::text_of(cell, scratch_);
    return text ? std::optional<std::string>(*text) : std::nullopt;
  }

  std::string scratch_;
};

inline std::vector<TextRow> read_all(data::Source& source, const data::ReadRequest& request) {
  CollectingSink sink;
  for (const auto& reader : source.open(request)) reader->read(sink, [] { return false; });
  return sink.found;
}

/// All columns of `table`.
inline std::vector<TextRow> read_table(data::Source& source, const std::string& table) {
  data::ReadRequest request;
  request.from.table.name = table;
  for (const auto& column : source.describe(request.from).columns)
    request.columns.push_back(column.name);
  return read_all(source, request);
}

}  // namespace orch::test
