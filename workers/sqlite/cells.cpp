#include "workers/sqlite/cells.h"

#include <bit>
#include <cstring>

namespace orch::sqlite {
namespace {

static_assert(std::endian::native == std::endian::little);

enum Tag : char { null_tag = 0, integer_tag = 1, real_tag = 2, text_tag = 3, blob_tag = 4 };

template <class Value>
void append_fixed(std::string& out, Tag tag, Value value) {
  char cell[1 + sizeof value];
  cell[0] = tag;
  std::memcpy(cell + 1, &value, sizeof value);
  out.append(cell, sizeof cell);
}

void append_bytes(std::string& out, Tag tag, std::string_view bytes) {
  append_fixed(out, tag, static_cast<std::uint32_t>(bytes.size()));
  out.append(bytes);
}

template <class Value>
Value take(std::string_view& rows) {
  Value value;
  std::memcpy(&value, rows.data(), sizeof value);
  rows.remove_prefix(sizeof value);
  return value;
}

std::string_view take_bytes(std::string_view& rows) {
  const auto size = take<std::uint32_t>(rows);
  const auto bytes = rows.substr(0, size);
  rows.remove_prefix(size);
  return bytes;
}

}  // namespace

void append_null(std::string& out) { out += static_cast<char>(null_tag); }
void append_integer(std::string& out, std::int64_t value) { append_fixed(out, integer_tag, value); }
void append_real(std::string& out, double value) { append_fixed(out, real_tag, value); }
void append_text(std::string& out, std::string_view bytes) { append_bytes(out, text_tag, bytes); }
void append_blob(std::string& out, std::string_view bytes) { append_bytes(out, blob_tag, bytes); }

void append_row(std::string& out, const Statement& row, int columns) {
  for (int i = 0; i < columns; ++i) {
    switch (row.storage(i)) {
      case Storage::null:
        append_null(out);
        break;
      case Storage::integer:
        append_integer(out, row.int64(i));
        break;
      case Storage::real:
        append_real(out, row.real(i));
        break;
      case Storage::text:
        append_text(out, row.text(i));
        break;
      case Storage::blob:
        append_blob(out, row.blob(i));
        break;
    }
  }
}

std::string_view bind_row(std::string_view rows, Statement& statement, int columns) {
  for (int i = 1; i <= columns; ++i) {
    const auto tag = take<char>(rows);
    switch (tag) {
      case integer_tag:
        statement.set_integer(i, take<std::int64_t>(rows));
        break;
      case real_tag:
        statement.set_real(i, take<double>(rows));
        break;
      case text_tag:
        statement.set_text(i, take_bytes(rows));
        break;
      case blob_tag:
        statement.set_blob(i, take_bytes(rows));
        break;
      default:
        statement.set_null(i);
        break;
    }
  }
  return rows;
}

}  // namespace orch::sqlite
