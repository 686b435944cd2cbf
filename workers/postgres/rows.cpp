#include "workers/postgres/rows.h"

#include <bit>

#include <fmt/format.h>

#include "workers/postgres/copy_format.h"
#include "workers/postgres/session.h"

namespace orch::postgres {
namespace {

using data::Cell;
using data::Kind;

constexpr std::int64_t rows_between_looks = 4'096;

[[noreturn]] void malformed() {
  throw pg::Error("the server's binary rows are not as the protocol says", "08P01");
}

/// How long a value of `kind` is; 0: as long as it likes.
std::size_t width_of(Kind kind) {
  switch (kind) {
    case Kind::boolean:
      return 1;
    case Kind::int16:
      return 2;
    case Kind::int32:
    case Kind::float32:
      return 4;
    case Kind::int64:
    case Kind::float64:
      return 8;
    default:
      return 0;
  }
}

void decode_field(std::string_view bytes, Kind kind, Cell& cell) {
  if (const auto width = width_of(kind); width != 0 && bytes.size() != width) malformed();
  switch (kind) {
    case Kind::boolean:
      cell.type = Cell::Type::integer;
      cell.integer = bytes[0] != 0;
      return;
    case Kind::int16:
      cell.type = Cell::Type::integer;
      cell.integer = static_cast<std::int16_t>(get16(bytes.data()));
      return;
    case Kind::int32:
      cell.type = Cell::Type::integer;
      cell.integer = static_cast<std::int32_t>(get32(bytes.data()));
      return;
    case Kind::int64:
      cell.type = Cell::Type::integer;
      cell.integer = static_cast<std::int64_t>(get64(bytes.data()));
      return;
    case Kind::float32:
      cell.type = Cell::Type::real;
      cell.real = std::bit_cast<float>(get32(bytes.data()));
      return;
    case Kind::float64:
      cell.type = Cell::Type::real;
      cell.real = std::bit_cast<double>(get64(bytes.data()));
      return;
    case Kind::bytes:
      cell.type = Cell::Type::blob;
      cell.bytes = bytes;
      return;
    default:
      cell.type = Cell::Type::text;
      cell.bytes = bytes;
  }
}

}  // namespace

void copy_rows(pg::Connection& connection, const std::string& select, data::RowFormat format,
               const std::function<void(std::string_view)>& take,
               const std::function<bool()>& stop) {
  const bool binary = format != data::RowFormat::pg_text;
  const AlsoStop also(connection, stop);
  pg::CopyOut copy(connection,
                   fmt::format("COPY ({}) TO STDOUT{}", select, binary ? " (FORMAT binary)" : ""));
  std::string_view row;
  for (std::int64_t count = 0; copy.next(row); ++count) {
    if (count % rows_between_looks == 0 && connection.stop_requested()) throw pg::Stopped();
    if (binary && count == 0 && row.starts_with(copy_header)) row.remove_prefix(copy_header.size());
    if (binary && (row.empty() || row == copy_trailer)) continue;
    take(row);
  }
}

data::Digest digest_of(pg::Connection& connection, const std::string& select,
                       data::RowFormat format, const std::function<bool()>& stop) {
  data::Digest sum;
  copy_rows(
      connection, select, format, [&](std::string_view row) { sum.add(row); }, stop);
  return sum;
}

void decode(std::string_view tuple, const std::vector<Kind>& kinds, std::vector<Cell>& cells) {
  cells.assign(kinds.size(), Cell{});
  if (tuple.size() < 2 || get16(tuple.data()) != kinds.size()) malformed();
  tuple.remove_prefix(2);
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if (tuple.size() < 4) malformed();
    const auto length = static_cast<std::int32_t>(get32(tuple.data()));
    tuple.remove_prefix(4);
    if (length < 0) continue;  // NULL
    const auto bytes = static_cast<std::size_t>(length);
    if (tuple.size() < bytes) malformed();
    decode_field(tuple.substr(0, bytes), kinds[i], cells[i]);
    tuple.remove_prefix(bytes);
  }
  if (!tuple.empty()) malformed();
}

}  // namespace orch::postgres
