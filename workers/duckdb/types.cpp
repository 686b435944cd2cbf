#include "workers/duckdb/types.h"

#include <charconv>
#include <limits>
#include <string_view>

#include <fmt/format.h>

#include "workers/rows/decimal.h"

namespace orch::duckdb {
namespace {

using data::Cell;
using data::Kind;
using Type = Cell::Type;

constexpr int digits_of_uint64 = 20;
constexpr int digits_of_int128 = 39;

struct Meaning {
  std::string_view type;
  Kind kind;
  int precision = 0;
};

constexpr Meaning meanings[] = {
    {"BOOLEAN", Kind::boolean},
    {"TINYINT", Kind::int16},
    {"UTINYINT", Kind::int16},
    {"SMALLINT", Kind::int16},
    {"USMALLINT", Kind::int32},
    {"INTEGER", Kind::int32},
    {"UINTEGER", Kind::int64},
    {"BIGINT", Kind::int64},
    {"UBIGINT", Kind::numeric, digits_of_uint64},
    {"HUGEINT", Kind::numeric, digits_of_int128},
    {"UHUGEINT", Kind::numeric, digits_of_int128},
    {"FLOAT", Kind::float32},
    {"DOUBLE", Kind::float64},
    {"VARCHAR", Kind::text},
    {"JSON", Kind::json},
    {"BLOB", Kind::bytes},
    {"DATE", Kind::date},
    {"TIME", Kind::time},
    {"TIMESTAMP", Kind::timestamp},
    {"TIMESTAMP_S", Kind::timestamp},
    {"TIMESTAMP_MS", Kind::timestamp},
    {"TIMESTAMP_NS", Kind::timestamp},
    {"TIMESTAMP WITH TIME ZONE", Kind::timestamptz},
    {"UUID", Kind::uuid},
    {"INTERVAL", Kind::text},
    {"BIT", Kind::text},
    {"TIME WITH TIME ZONE", Kind::text},
};

bool nested(std::string_view type) {
  return type.ends_with(']') || type.starts_with("STRUCT(") || type.starts_with("MAP(") ||
         type.starts_with("UNION(");
}

// "DECIMAL(12,2)"
bool read_decimal_type(std::string_view type, data::Column& column) {
  if (!type.starts_with("DECIMAL(") || !type.ends_with(')')) return false;
  const auto comma = type.find(',');
  if (comma == std::string_view::npos) return false;
  std::from_chars(type.data() + sizeof("DECIMAL(") - 1, type.data() + comma, column.precision);
  std::from_chars(type.data() + comma + 1, type.data() + type.size() - 1, column.scale);
  column.kind = Kind::numeric;
  return true;
}

// Its digits, the first not a zero; nothing for zero.
void append_digits(std::string& out, Int128 value) {
  constexpr std::size_t longest = 40;
  char digits[longest];
  auto at = longest;
  // The smallest number has no positive counterpart: digits come from negative ones.
  for (auto rest = value < 0 ? value : -value; rest != 0; rest /= 10)
    digits[--at] = static_cast<char>('0' - static_cast<int>(rest % 10));
  out.assign(digits + at, longest - at);
}

std::int64_t day_of(std::int32_t days) {
  constexpr auto infinity = std::numeric_limits<std::int32_t>::max();
  if (days == infinity) return infinity;
  if (days == -infinity) return std::numeric_limits<std::int32_t>::min();
  return days - days_to_2000;
}

std::int64_t instant_of(std::int64_t micros) {
  constexpr auto infinity = std::numeric_limits<std::int64_t>::max();
  if (micros == infinity) return infinity;
  if (micros == -infinity) return std::numeric_limits<std::int64_t>::min();
  return micros - micros_to_2000;
}

bool infinite(std::int64_t value) {
  constexpr auto infinity = std::numeric_limits<std::int64_t>::max();
  return value == infinity || value == -infinity;
}

}  // namespace

data::Column column_of(std::string name, std::string type) {
  data::Column column;
  column.name = std::move(name);
  if (!read_decimal_type(type, column)) {
    if (nested(type)) column.kind = Kind::json;
    if (type.starts_with("ENUM(")) column.kind = Kind::text;
    for (const auto& meaning : meanings) {
      if (type != meaning.type) continue;
      column.kind = meaning.kind;
      column.precision = meaning.precision;
    }
  }
  column.native = std::move(type);
  return column;
}

std::string selected(const data::Column& column, const std::string& name) {
  const std::string_view type = column.native.shown();
  if (column.kind == Kind::json && type != "JSON")
    return fmt::format("CAST(to_json({}) AS VARCHAR)", name);
  if ((column.kind == Kind::text && type != "VARCHAR") || type == "UHUGEINT")
    return fmt::format("CAST({} AS VARCHAR)", name);
  return name;
}

CellMaker::CellMaker(const ResultColumn& result, const data::Column& column)
    : storage_(result.storage),
      kind_(column.kind),
      scale_(result.scale),
      decimal_bytes_(result.decimal_bytes) {}

Cell CellMaker::decimal(Int128 value) {
  append_digits(scratch_, value);
  const auto point = scratch_.empty() ? 0 : static_cast<std::int32_t>(scratch_.size()) - scale_;
  return Cell(
      data::Decimal{.digits = scratch_, .point = point, .scale = scale_, .negative = value < 0});
}

// Its bytes in order; DuckDB flips the first bit, so that they compare as numbers.
Cell CellMaker::uuid(Int128 value) {
  __extension__ using Unsigned = unsigned __int128;
  const auto bits = static_cast<Unsigned>(value) ^ (Unsigned{1} << 127);
  scratch_.clear();
  for (int shift = 120; shift >= 0; shift -= 8)
    scratch_ += static_cast<char>(static_cast<unsigned char>(bits >> shift));
  return {Type::uuid, std::string_view(scratch_)};
}

bool CellMaker::make(const Values& values, std::size_t row, Cell& cell) {
  switch (storage_) {
    case Storage::boolean:
      cell = Cell(Type::boolean, std::int64_t{values.at<std::uint8_t>(row) != 0});
      break;
    case Storage::int8:
      cell = Cell(Type::integer, values.at<std::int8_t>(row));
      break;
    case Storage::int16:
      cell = Cell(Type::integer, values.at<std::int16_t>(row));
      break;
    case Storage::int32:
      cell = Cell(Type::integer, values.at<std::int32_t>(row));
      break;
    case Storage::int64:
      cell = Cell(Type::integer, values.at<std::int64_t>(row));
      break;
    case Storage::uint8:
      cell = Cell(Type::integer, values.at<std::uint8_t>(row));
      break;
    case Storage::uint16:
      cell = Cell(Type::integer, values.at<std::uint16_t>(row));
      break;
    case Storage::uint32:
      cell = Cell(Type::integer, values.at<std::uint32_t>(row));
      break;
    case Storage::uint64:
      cell = decimal(values.at<std::uint64_t>(row));
      break;
    case Storage::int128:
      cell = decimal(values.at<Int128>(row));
      break;
    case Storage::uuid:
      cell = uuid(values.at<Int128>(row));
      break;
    case Storage::float32:
      cell = Cell(Type::float32, values.at<float>(row));
      break;
    case Storage::float64:
      cell = Cell(Type::real, values.at<double>(row));
      break;
    case Storage::date:
      cell = Cell(Type::date, day_of(values.at<std::int32_t>(row)));
      break;
    case Storage::time:
      cell = Cell(Type::time, values.at<std::int64_t>(row));
      break;
    case Storage::timestamp:
    case Storage::timestamp_s:
    case Storage::timestamp_ms:
    case Storage::timestamp_ns:
      return timestamp(values.at<std::int64_t>(row), cell);
    case Storage::decimal:
      cell = decimal(decimal_bytes_ == 2   ? values.at<std::int16_t>(row)
                     : decimal_bytes_ == 4 ? values.at<std::int32_t>(row)
                     : decimal_bytes_ == 8 ? values.at<std::int64_t>(row)
                                           : values.at<Int128>(row));
      break;
    case Storage::text:
      return text(values.bytes(row), cell);
    case Storage::blob:
      cell = Cell(Type::blob, values.bytes(row));
      break;
    case Storage::other:
      return false;
  }
  return true;
}

bool CellMaker::timestamp(std::int64_t value, Cell& cell) const {
  constexpr std::int64_t thousand = 1'000;
  auto micros = value;
  if (!infinite(value)) {
    if (storage_ == Storage::timestamp_s) micros *= thousand * thousand;
    if (storage_ == Storage::timestamp_ms) micros *= thousand;
    if (storage_ == Storage::timestamp_ns) {
      if (value % thousand != 0) return false;
      micros /= thousand;
    }
  }
  cell = Cell(kind_ == Kind::timestamptz ? Type::timestamptz : Type::timestamp, instant_of(micros));
  return true;
}

bool CellMaker::text(std::string_view bytes, Cell& cell) {
  cell = Cell(Type::text, bytes);
  if (kind_ != Kind::numeric) return true;
  const auto number = rows::read_decimal(bytes, scratch_);
  if (number) cell = Cell(*number);
  return number.has_value();
}

}  // namespace orch::duckdb
