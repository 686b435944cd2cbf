#include "workers/rows/text_cell.h"

#include <charconv>
#include <cmath>
#include <optional>

#include "workers/rows/decimal.h"
#include "workers/rows/instant.h"
#include "workers/rows/number.h"
#include "workers/rows/text.h"

namespace orch::rows {
namespace {

using data::Cell;
using data::Kind;
using Type = Cell::Type;

std::optional<Cell> integer(std::string_view text) {
  if (const auto value = exact_integer(text)) return Cell(Type::integer, *value);
  return std::nullopt;
}

template <class Value>
std::optional<Cell> real(Type type, std::string_view text) {
  Value value = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return Cell(type, value);
}

std::optional<Cell> numeric(std::string_view text, std::string& scratch) {
  if (const auto decimal = read_decimal(text, scratch)) return Cell(*decimal);
  const auto special = special_number(text);
  if (!special) return std::nullopt;
  data::Decimal decimal;
  decimal.form = std::isnan(*special) ? data::Decimal::Form::nan : data::Decimal::Form::infinity;
  decimal.negative = *special < 0;
  return Cell(decimal);
}

std::optional<Cell> moment(Kind kind, std::string_view text) {
  switch (kind) {
    case Kind::date:
      if (const auto days = date_days(text)) return Cell(Type::date, *days);
      break;
    case Kind::time:
      if (const auto micros = time_micros(text)) return Cell(Type::time, *micros);
      break;
    case Kind::timestamp:
      if (const auto micros = timestamp_micros(text, false)) return Cell(Type::timestamp, *micros);
      break;
    default:
      for (const bool zoned : {false, true})
        if (const auto micros = timestamp_micros(text, zoned))
          return Cell(Type::timestamptz, *micros);
      break;
  }
  return std::nullopt;
}

std::optional<Cell> typed(Kind kind, std::string_view text, std::string& scratch) {
  switch (kind) {
    case Kind::int16:
    case Kind::int32:
    case Kind::int64:
      return integer(text);
    case Kind::float32:
      return real<float>(Type::float32, text);
    case Kind::float64:
      return real<double>(Type::real, text);
    case Kind::numeric:
      return numeric(text, scratch);
    case Kind::date:
    case Kind::time:
    case Kind::timestamp:
    case Kind::timestamptz:
      return moment(kind, text);
    case Kind::uuid:
      scratch.clear();
      if (append_uuid(scratch, text)) return Cell(Type::uuid, scratch);
      return std::nullopt;
    case Kind::bytes:
      return Cell(Type::blob, text);
    default:
      return std::nullopt;
  }
}

}  // namespace

Cell cell_of(Kind kind, std::string_view text, std::string& scratch) {
  return typed(kind, text, scratch).value_or(Cell(Type::text, text));
}

}  // namespace orch::rows
