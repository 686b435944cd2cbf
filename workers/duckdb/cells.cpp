#include "workers/duckdb/cells.h"

#include <cstring>

#include "workers/duckdb/column_type.h"
#include "workers/worker.h"

namespace orch::duckdb {
namespace {

constexpr char null_tag = 0;
constexpr char value_tag = 1;

std::size_t size_of(const ResultColumn& column) {
  switch (column.storage) {
    case Storage::boolean:
    case Storage::int8:
    case Storage::uint8:
      return 1;
    case Storage::int16:
    case Storage::uint16:
      return 2;
    case Storage::int32:
    case Storage::uint32:
    case Storage::float32:
    case Storage::date:
      return 4;
    case Storage::int128:
    case Storage::uuid:
      return 16;
    case Storage::decimal:
      return column.decimal_bytes;
    case Storage::text:
    case Storage::blob:
    case Storage::other:
      return 0;
    default:
      return 8;
  }
}

/// One column of the rows at hand.
struct Part {
  Values values;
  std::size_t bytes;

  void append(std::string& out, std::size_t row) const {
    if (values.null(row)) return append_null(out);
    if (bytes == 0) return append_bytes(out, values.bytes(row));
    append_fixed(out, values.fixed(row, bytes));
  }
};

}  // namespace

void append_null(std::string& out) { out += null_tag; }

void append_fixed(std::string& out, std::string_view bytes) {
  out += value_tag;
  out += bytes;
}

void append_bytes(std::string& out, std::string_view bytes) {
  const auto length = static_cast<std::uint32_t>(bytes.size());
  out += value_tag;
  out.append(reinterpret_cast<const char*>(&length), sizeof length);
  out += bytes;
}

data::Digest digest_of(Rows& rows, const std::function<bool()>& stop) {
  data::Digest sum;
  std::string encoded;
  std::vector<Part> parts;
  while (rows.next()) {
    if (stop && stop()) throw workers::Cancelled();
    parts.clear();
    for (std::size_t i = 0; i < rows.columns().size(); ++i)
      parts.push_back({rows.values(i), size_of(rows.columns()[i])});
    for (std::size_t row = 0; row < rows.size(); ++row) {
      encoded.clear();
      for (const auto& part : parts) part.append(encoded, row);
      sum.add(encoded);
    }
  }
  return sum;
}

RowLayout::RowLayout(const std::vector<data::Column>& columns) {
  for (const auto& column : columns) bytes_.push_back(bytes_of(column));
}

std::string_view RowLayout::add(std::string_view rows, Appender& to) const {
  for (std::size_t i = 0; i < bytes_.size(); ++i) {
    const bool null = rows.front() == null_tag;
    rows.remove_prefix(1);
    if (null) {
      to.set_null(i);
      continue;
    }
    auto size = bytes_[i];
    if (size == 0) {
      std::uint32_t length = 0;
      std::memcpy(&length, rows.data(), sizeof length);
      rows.remove_prefix(sizeof length);
      size = length;
      to.set_bytes(i, rows.substr(0, size));
    } else {
      to.set_fixed(i, rows.substr(0, size));
    }
    rows.remove_prefix(size);
  }
  to.end_row();
  return rows;
}

}  // namespace orch::duckdb
