#include "workers/postgres/encoder.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "orchestrator/json/text.h"
#include "workers/postgres/copy_format.h"
#include "workers/postgres/numeric.h"
#include "workers/worker.h"

namespace orch::postgres {
namespace {

using data::Cell;
using data::Kind;

/// UTF-8 without NUL. Counts the characters.
bool valid_text(std::string_view text, std::size_t& characters) {
  characters = 0;
  for (std::size_t i = 0; i < text.size(); ++characters) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead == 0) return false;
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xC2 && lead < 0xE0 ? 2
                               : lead >= 0xE0 && lead < 0xF0 ? 3
                               : lead >= 0xF0 && lead < 0xF5 ? 4
                                                             : 0;
    if (length == 0 || i + length > text.size()) return false;
    std::uint32_t point = length == 1 ? lead : lead & (0xFFu >> (length + 1));
    for (std::size_t j = 1; j < length; ++j) {
      const auto next = static_cast<unsigned char>(text[i + j]);
      if ((next & 0xC0) != 0x80) return false;
      point = point << 6 | (next & 0x3F);
    }
    const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
    if (overlong || (point >= 0xD800 && point < 0xE000) || point > 0x10FFFF) return false;
    i += length;
  }
  return true;
}

/// The first 80 bytes; a failure's cause is JSON, so what is not ASCII text is spelled \xHH unless
/// it is a whole character.
std::string printable(std::string_view bytes) {
  std::string out;
  std::size_t characters = 0;
  for (std::size_t i = 0; i < bytes.size() && i < 80;) {
    std::size_t length = 1;
    while (length < 4 && !valid_text(bytes.substr(i, length), characters)) ++length;
    if (valid_text(bytes.substr(i, length), characters)) {
      out += bytes.substr(i, length);
      i += length;
    } else {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(bytes[i++]));
    }
  }
  return out;
}

std::string shown(const Cell& cell) {
  switch (cell.type) {
    case Cell::Type::integer:
      return std::to_string(cell.integer);
    case Cell::Type::real:
      return fmt::format("{}", cell.real);
    case Cell::Type::blob:
      return fmt::format("{} bytes", cell.bytes.size());
    case Cell::Type::null:
      return "NULL";
    case Cell::Type::text:
      break;
  }
  return '"' + printable(cell.bytes) + '"';
}

std::optional<std::int64_t> integer_of(const Cell& cell) {
  if (cell.type == Cell::Type::integer) return cell.integer;
  if (cell.type == Cell::Type::real) {
    const bool whole = std::nearbyint(cell.real) == cell.real && std::abs(cell.real) < 9.0e15;
    return whole ? std::optional(static_cast<std::int64_t>(cell.real)) : std::nullopt;
  }
  if (cell.type != Cell::Type::text) return std::nullopt;
  std::int64_t value = 0;
  const auto* end = cell.bytes.data() + cell.bytes.size();
  const auto read = std::from_chars(cell.bytes.data(), end, value);
  return read.ec == std::errc{} && read.ptr == end ? std::optional(value) : std::nullopt;
}

std::optional<double> real_of(const Cell& cell) {
  constexpr std::int64_t exact = std::int64_t{1} << 53;
  if (cell.type == Cell::Type::real) return cell.real;
  if (cell.type == Cell::Type::integer)
    return std::abs(cell.integer) <= exact ? std::optional(static_cast<double>(cell.integer))
                                           : std::nullopt;
  if (cell.type != Cell::Type::text) return std::nullopt;
  if (cell.bytes == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (cell.bytes == "Infinity") return std::numeric_limits<double>::infinity();
  if (cell.bytes == "-Infinity") return -std::numeric_limits<double>::infinity();
  double value = 0;
  const auto* end = cell.bytes.data() + cell.bytes.size();
  const auto read = std::from_chars(cell.bytes.data(), end, value);
  return read.ec == std::errc{} && read.ptr == end ? std::optional(value) : std::nullopt;
}

std::optional<bool> boolean_of(const Cell& cell) {
  if (cell.type == Cell::Type::integer && (cell.integer == 0 || cell.integer == 1))
    return cell.integer == 1;
  if (cell.type != Cell::Type::text) return std::nullopt;
  for (const std::string_view word : {"true", "t", "1", "yes", "TRUE", "True"})
    if (cell.bytes == word) return true;
  for (const std::string_view word : {"false", "f", "0", "no", "FALSE", "False"})
    if (cell.bytes == word) return false;
  return std::nullopt;
}

template <class Int>
bool append_integer(std::string& out, const Cell& cell) {
  const auto value = integer_of(cell);
  if (!value || *value < std::numeric_limits<Int>::min() ||
      *value > std::numeric_limits<Int>::max())
    return false;
  const auto bits = static_cast<std::uint64_t>(*value);
  if constexpr (sizeof(Int) == 2) put16(out, static_cast<std::uint16_t>(bits));
  if constexpr (sizeof(Int) == 4) put32(out, static_cast<std::uint32_t>(bits));
  if constexpr (sizeof(Int) == 8) put64(out, bits);
  return true;
}

bool append_float32(std::string& out, const Cell& cell) {
  const auto value = real_of(cell);
  if (!value) return false;
  const auto narrow = static_cast<float>(*value);
  if (!std::isnan(*value) && static_cast<double>(narrow) != *value) return false;
  put32(out, std::bit_cast<std::uint32_t>(narrow));
  return true;
}

bool append_number(std::string& out, const Cell& cell, const data::Column& column) {
  char digits[40];
  if (cell.type == Cell::Type::text) return append_numeric(out, cell.bytes, column);
  char* end = nullptr;
  if (cell.type == Cell::Type::integer)
    end = std::to_chars(digits, digits + sizeof digits, cell.integer).ptr;
  // The shortest digits that mean this double: 0.1 is 0.1.
  else if (cell.type == Cell::Type::real && std::isfinite(cell.real))
    end = std::to_chars(digits, digits + sizeof digits, cell.real).ptr;
  else
    return false;
  return append_numeric(out, {digits, static_cast<std::size_t>(end - digits)}, column);
}

bool append_text(std::string& out, const Cell& cell, const data::Column& column) {
  std::string made;
  auto text = cell.bytes;
  if (cell.type == Cell::Type::integer) made = std::to_string(cell.integer);
  if (cell.type == Cell::Type::real) made = fmt::format("{}", cell.real);
  if (cell.type == Cell::Type::blob) return false;
  if (cell.type != Cell::Type::text) text = made;
  std::size_t characters = 0;
  if (!valid_text(text, characters)) return false;
  const auto limit = static_cast<std::size_t>(column.length);
  if (limit > 0 && characters > limit) return false;
  out += text;
  // character(n) is kept with its padding; the digest is of what is kept.
  if (column.native.shown().starts_with("character(")) out.append(limit - characters, ' ');
  return true;
}

bool append_json(std::string& out, const Cell& cell) {
  if (cell.type != Cell::Type::text) return false;
  try {
    json::parse(cell.bytes);
  } catch (const json::SyntaxError&) {
    return false;
  }
  out += cell.bytes;
  return true;
}

bool append_value(std::string& out, const Cell& cell, const data::Column& column) {
  const auto as_text = [&]() -> std::string_view {
    return cell.type == Cell::Type::text ? cell.bytes : std::string_view();
  };
  switch (column.kind) {
    case Kind::boolean: {
      const auto value = boolean_of(cell);
      if (value) out += *value ? '\1' : '\0';
      return value.has_value();
    }
    case Kind::int16:
      return append_integer<std::int16_t>(out, cell);
    case Kind::int32:
      return append_integer<std::int32_t>(out, cell);
    case Kind::int64:
      return append_integer<std::int64_t>(out, cell);
    case Kind::float32:
      return append_float32(out, cell);
    case Kind::float64: {
      const auto value = real_of(cell);
      if (value) put64(out, std::bit_cast<std::uint64_t>(*value));
      return value.has_value();
    }
    case Kind::numeric:
      return append_number(out, cell, column);
    case Kind::text:
      return append_text(out, cell, column);
    case Kind::bytes:
      if (cell.type != Cell::Type::blob && cell.type != Cell::Type::text) return false;
      out += cell.bytes;
      return true;
    case Kind::date: {
      const auto days = date_days(as_text());
      if (days) put32(out, static_cast<std::uint32_t>(*days));
      return days.has_value();
    }
    case Kind::time: {
      const auto micros = time_micros(as_text());
      if (micros) put64(out, static_cast<std::uint64_t>(*micros));
      return micros.has_value();
    }
    case Kind::timestamp:
    case Kind::timestamptz: {
      const auto micros = timestamp_micros(as_text(), column.kind == Kind::timestamptz);
      if (micros) put64(out, static_cast<std::uint64_t>(*micros));
      return micros.has_value();
    }
    case Kind::uuid:
      return append_uuid(out, as_text());
    case Kind::json:
      return append_json(out, cell);
    case Kind::any:
    case Kind::other:
      break;
  }
  return false;
}

class Encoder final : public data::RowEncoder {
 public:
  explicit Encoder(const data::LoadPlan& plan)
      : table_(plan.request.target.display()), columns_(plan.columns) {}

  void encode(std::span<const Cell> cells, std::string& out) override {
    put16(out, static_cast<std::uint16_t>(columns_.size()));
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (cells[i].type == Cell::Type::null) {
        put32(out, 0xFFFFFFFF);
        continue;
      }
      const auto length_at = out.size();
      put32(out, 0);
      if (!append_value(out, cells[i], columns_[i])) refuse(cells[i], columns_[i]);
      const auto length = static_cast<std::uint32_t>(out.size() - length_at - 4);
      for (int byte = 0; byte < 4; ++byte)
        out[length_at + static_cast<std::size_t>(byte)] =
            static_cast<char>(length >> (24 - 8 * byte));
    }
  }

 private:
  [[noreturn]] void refuse(const Cell& cell, const data::Column& column) const {
    throw workers::TaskFailed(
        "Type.ValueRefused",
        fmt::format("{}.{}: the value {} cannot be kept exactly as {}", table_, column.name,
                    shown(cell), column.native.shown()),
        "correct the value at the source, or give the column another \"type\" in the catalog",
        "ORCH-0436", {{"column", column.name}});
  }

  std::string table_;
  std::vector<data::Column> columns_;
};

}  // namespace

std::unique_ptr<data::RowEncoder> make_encoder(const data::LoadPlan& plan) {
  return std::make_unique<Encoder>(plan);
}

}  // namespace orch::postgres
