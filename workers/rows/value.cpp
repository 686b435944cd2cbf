#include "workers/rows/value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <strings.h>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/json/text.h"
#include "workers/rows/decimal.h"
#include "workers/rows/instant.h"
#include "workers/rows/number.h"
#include "workers/rows/text.h"

namespace orch::rows {
namespace {

using data::Cell;
using data::Decimal;
using data::Kind;
using Type = data::Cell::Type;

constexpr std::array<std::pair<std::string_view, bool>, 12> booleans{{{"true", true},
                                                                      {"t", true},
                                                                      {"yes", true},
                                                                      {"y", true},
                                                                      {"on", true},
                                                                      {"1", true},
                                                                      {"false", false},
                                                                      {"f", false},
                                                                      {"no", false},
                                                                      {"n", false},
                                                                      {"off", false},
                                                                      {"0", false}}};

/// A double as an integer of 64 bits, if it is one.
std::optional<std::int64_t> whole(double value) {
  if (std::nearbyint(value) != value || value < -0x1p63 || value >= 0x1p63) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

template <class Float>
std::optional<Decimal> shortest_decimal(Float value, std::string& scratch) {
  char digits[40];
  const auto end = std::to_chars(digits, digits + sizeof digits, value);
  return read_decimal({digits, end.ptr}, scratch);
}

std::optional<Decimal> rounded_decimal(double value, std::string& scratch) {
  char digits[40];
  const auto end =
      std::to_chars(digits, digits + sizeof digits, value, std::chars_format::scientific, 14);
  return read_decimal({digits, end.ptr}, scratch);
}

/// Any number that is finite, as the cell has it.
std::optional<Decimal> plain_decimal(const Cell& cell, std::string& scratch) {
  switch (cell.type) {
    case Type::boolean:
    case Type::integer: {
      const fmt::format_int digits(cell.integer);
      return read_decimal({digits.data(), digits.size()}, scratch);
    }
    case Type::float32:
      if (!std::isfinite(cell.real)) return std::nullopt;
      return shortest_decimal(static_cast<float>(cell.real), scratch);
    case Type::real:
      if (!std::isfinite(cell.real)) return std::nullopt;
      return shortest_decimal(cell.real, scratch);
    case Type::decimal:
      if (cell.form != Decimal::Form::finite) return std::nullopt;
      return cell.decimal();
    case Type::text:
      return read_decimal(cell.bytes, scratch);
    default:
      return std::nullopt;
  }
}

double special_decimal(const Decimal& decimal) {
  constexpr std::numeric_limits<double> doubles;
  if (decimal.form == Decimal::Form::nan) return doubles.quiet_NaN();
  return decimal.negative ? -doubles.infinity() : doubles.infinity();
}

/// The number of a text or a decimal as `exact` reads it, special ones included.
template <class Float, class Exact>
std::optional<Float> floating(const Cell& cell, Exact exact) {
  if (const auto special = special_of(cell)) return static_cast<Float>(*special);
  if (cell.type == Type::text) return exact(cell.bytes);
  std::string scratch;
  return exact(decimal_text(cell.decimal(), scratch));
}

bool is_spelled(const Cell& cell) { return cell.type == Type::text || cell.type == Type::decimal; }

}  // namespace

std::optional<bool> boolean_of(const Cell& cell) {
  const bool whole_number = cell.type == Type::boolean || cell.type == Type::integer;
  if (whole_number && (cell.integer == 0 || cell.integer == 1)) return cell.integer == 1;
  if (cell.type != Type::text) return std::nullopt;
  const auto* found = std::find_if(booleans.begin(), booleans.end(), [&](const auto& boolean) {
    const auto& word = boolean.first;
    return word.size() == cell.bytes.size() &&
           strncasecmp(word.data(), cell.bytes.data(), word.size()) == 0;
  });
  return found == booleans.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::int64_t> integer_of(const Cell& cell, std::int64_t least, std::int64_t most) {
  std::optional<std::int64_t> value;
  if (cell.type == Type::integer || cell.type == Type::boolean) value = cell.integer;
  if (cell.type == Type::real || cell.type == Type::float32) value = whole(cell.real);
  if (cell.type == Type::decimal) value = decimal_integer(cell.decimal());
  if (cell.type == Type::text) value = exact_integer(cell.bytes);
  return value && *value >= least && *value <= most ? value : std::nullopt;
}

std::optional<double> double_of(const Cell& cell) {
  if (cell.type == Type::real || cell.type == Type::float32) return cell.real;
  if (cell.type == Type::integer || cell.type == Type::boolean) return exact_double(cell.integer);
  if (!is_spelled(cell)) return std::nullopt;
  return floating<double>(cell, [](std::string_view text) { return exact_double(text); });
}

std::optional<float> float_of(const Cell& cell) {
  if (is_spelled(cell))
    return floating<float>(cell, [](std::string_view text) { return exact_float(text); });
  const auto value = double_of(cell);
  return value ? exact_float(*value) : std::nullopt;
}

std::optional<double> special_of(const Cell& cell) {
  if (cell.type == Type::text) return special_number(cell.bytes);
  if (cell.type == Type::decimal && cell.form != Decimal::Form::finite)
    return special_decimal(cell.decimal());
  const bool floats = cell.type == Type::real || cell.type == Type::float32;
  return floats && !std::isfinite(cell.real) ? std::optional(cell.real) : std::nullopt;
}

std::optional<Decimal> decimal_of(const Cell& cell, int precision, int scale,
                                  std::string& scratch) {
  auto decimal = plain_decimal(cell, scratch);
  if (!decimal || precision == 0 || fit(*decimal, precision, scale)) return decimal;
  if (cell.type != Type::real) return std::nullopt;
  decimal = rounded_decimal(cell.real, scratch);
  return decimal && fit(*decimal, precision, scale) ? decimal : std::nullopt;
}

std::optional<Decimal> number_of(const Cell& cell, int precision, int scale, std::string& scratch) {
  const auto special = special_of(cell);
  if (!special) return decimal_of(cell, precision, scale, scratch);
  Decimal decimal;
  decimal.form = std::isnan(*special) ? Decimal::Form::nan : Decimal::Form::infinity;
  decimal.negative = *special < 0;
  return decimal;
}

std::optional<std::string_view> bytes_of(const Cell& cell, bool texts, std::string& scratch) {
  if (cell.type == Type::blob) return cell.bytes;
  if (cell.type != Type::text) return std::nullopt;
  if (!texts) return cell.bytes;
  scratch.clear();
  return append_hex(scratch, cell.bytes) ? std::optional<std::string_view>(scratch) : std::nullopt;
}

std::optional<std::string_view> text_of(const Cell& cell, std::string& scratch) {
  scratch.clear();
  switch (cell.type) {
    case Type::text:
      return cell.bytes;
    case Type::boolean:
      return cell.integer != 0 ? "true" : "false";
    case Type::integer:
      return scratch = fmt::format_int(cell.integer).c_str();
    case Type::float32:
      return number_text(static_cast<float>(cell.real), scratch);
    case Type::real:
      return number_text(cell.real, scratch);
    case Type::decimal:
      return decimal_text(cell.decimal(), scratch);
    case Type::date:
      return append_date(scratch, static_cast<std::int32_t>(cell.integer)), scratch;
    case Type::time:
      return append_time(scratch, cell.integer), scratch;
    case Type::timestamp:
    case Type::timestamptz:
      return append_timestamp(scratch, cell.integer, cell.type == Type::timestamptz), scratch;
    case Type::uuid:
      return append_uuid_text(scratch, cell.bytes), scratch;
    case Type::blob:
    case Type::null:
      break;
  }
  return std::nullopt;
}

std::optional<std::int32_t> date_of(const Cell& cell) {
  if (cell.type == Type::date) return static_cast<std::int32_t>(cell.integer);
  return cell.type == Type::text ? date_days(cell.bytes) : std::nullopt;
}

std::optional<std::int64_t> time_of(const Cell& cell) {
  if (cell.type == Type::time) return cell.integer;
  return cell.type == Type::text ? time_micros(cell.bytes) : std::nullopt;
}

std::optional<std::int64_t> timestamp_of(const Cell& cell) {
  if (cell.type == Type::timestamp) return cell.integer;
  if (cell.type == Type::date) return midnight_of(static_cast<std::int32_t>(cell.integer));
  return cell.type == Type::text ? timestamp_micros(cell.bytes, false) : std::nullopt;
}

std::optional<std::int64_t> timestamptz_of(const Cell& cell) {
  if (cell.type == Type::timestamptz) return cell.integer;
  return cell.type == Type::text ? timestamp_micros(cell.bytes, true) : std::nullopt;
}

std::optional<std::string_view> uuid_of(const Cell& cell, std::string& scratch) {
  if (cell.type == Type::uuid) return cell.bytes;
  scratch.clear();
  const bool right = cell.type == Type::text && append_uuid(scratch, cell.bytes);
  return right ? std::optional<std::string_view>(scratch) : std::nullopt;
}

bool spells(std::string_view text, Kind kind) {
  std::string uuid;
  switch (kind) {
    case Kind::date:
      return date_days(text).has_value();
    case Kind::time:
      return time_micros(text).has_value();
    case Kind::timestamp:
    case Kind::timestamptz:
      return timestamp_micros(text, kind == Kind::timestamptz).has_value();
    case Kind::uuid:
      return append_uuid(uuid, text);
    case Kind::json:
      return json::well_formed(text);
    default:
      return true;
  }
}

}  // namespace orch::rows
