#include "workers/rows/value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <strings.h>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/json/text.h"
#include "workers/rows/instant.h"
#include "workers/rows/number.h"
#include "workers/rows/text.h"

namespace orch::rows {
namespace {

using data::Cell;
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

std::optional<Decimal> decimal_of_double(double value, int precision, int scale) {
  if (!std::isfinite(value)) return std::nullopt;
  auto shortest = read_decimal(number_text(value));
  if (!shortest || precision == 0 || fit(*shortest, precision, scale)) return shortest;
  char digits[40];
  const auto end =
      std::to_chars(digits, digits + sizeof digits, value, std::chars_format::scientific, 14);
  auto rounded = read_decimal({digits, end.ptr});
  return rounded && fit(*rounded, precision, scale) ? rounded : std::nullopt;
}

}  // namespace

std::optional<bool> boolean_of(const Cell& cell) {
  if (cell.type == Type::integer && (cell.integer == 0 || cell.integer == 1))
    return cell.integer == 1;
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
  if (cell.type == Type::integer) value = cell.integer;
  if (cell.type == Type::real) value = whole(cell.real);
  if (cell.type == Type::text) value = exact_integer(cell.bytes);
  return value && *value >= least && *value <= most ? value : std::nullopt;
}

std::optional<double> double_of(const Cell& cell) {
  if (cell.type == Type::real) return cell.real;
  if (cell.type == Type::integer) return exact_double(cell.integer);
  if (cell.type != Type::text) return std::nullopt;
  const auto value = exact_double(cell.bytes);
  return value ? value : special_number(cell.bytes);
}

std::optional<float> float_of(const Cell& cell) {
  if (cell.type == Type::text) {
    if (const auto value = exact_float(cell.bytes)) return value;
    const auto special = special_number(cell.bytes);
    return special ? std::optional(static_cast<float>(*special)) : std::nullopt;
  }
  const auto value = double_of(cell);
  return value ? exact_float(*value) : std::nullopt;
}

std::optional<double> special_of(const Cell& cell) {
  if (cell.type == Type::text) return special_number(cell.bytes);
  const bool special = cell.type == Type::real && !std::isfinite(cell.real);
  return special ? std::optional(cell.real) : std::nullopt;
}

std::optional<Decimal> decimal_of(const Cell& cell, int precision, int scale) {
  if (cell.type == Type::real) return decimal_of_double(cell.real, precision, scale);
  std::optional<Decimal> decimal;
  if (cell.type == Type::text) decimal = read_decimal(cell.bytes);
  if (cell.type == Type::integer) decimal = read_decimal(fmt::format_int(cell.integer).c_str());
  if (decimal && precision > 0 && !fit(*decimal, precision, scale)) return std::nullopt;
  return decimal;
}

std::optional<std::string_view> bytes_of(const Cell& cell, bool texts, std::string& scratch) {
  if (cell.type == Type::blob) return cell.bytes;
  if (cell.type != Type::text) return std::nullopt;
  if (!texts) return cell.bytes;
  scratch.clear();
  return append_hex(scratch, cell.bytes) ? std::optional<std::string_view>(scratch) : std::nullopt;
}

std::optional<std::string_view> text_of(const Cell& cell, Kind from, std::string& scratch) {
  switch (cell.type) {
    case Type::text:
      return cell.bytes;
    case Type::integer:
      scratch = from == Kind::boolean ? (cell.integer != 0 ? "true" : "false")
                                      : fmt::format_int(cell.integer).str();
      return scratch;
    case Type::real:
      scratch = from == Kind::float32 ? number_text(static_cast<float>(cell.real))
                                      : number_text(cell.real);
      return scratch;
    case Type::blob:
    case Type::null:
      break;
  }
  return std::nullopt;
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

std::string_view expectation(Kind kind) {
  switch (kind) {
    case Kind::boolean:
      return "a boolean is true, t, yes, y, on, 1 or their opposite";
    case Kind::int16:
    case Kind::int32:
    case Kind::int64:
      return "it is not a whole number in the range of the type";
    case Kind::float32:
    case Kind::float64:
      return "it is not a number, or has more digits than the type gives back";
    case Kind::numeric:
      return "it is not a number, or has more digits than the type keeps";
    case Kind::text:
      return "it is not UTF-8 text without NUL, or too long";
    case Kind::bytes:
      return "it is not bytes; texts spell them \\x0aff";
    case Kind::date:
      return "it is not a date, as 2026-01-31 is";
    case Kind::time:
      return "it is not a time of the day, as 23:59:59.5 is, or finer than the type keeps";
    case Kind::timestamp:
      return "it is not a date and time without zone, as 2026-01-31 23:59:59.5 is, or finer than "
             "the type keeps";
    case Kind::timestamptz:
      return "it is not a date and time with its zone, as 2026-01-31 23:59:59.5+02:00 is, or finer "
             "than the type keeps";
    case Kind::uuid:
      return "it is not a UUID";
    case Kind::json:
      return "it is not well-formed JSON";
    case Kind::any:
    case Kind::other:
      break;
  }
  return "no value of another database is one of this type";
}

}  // namespace orch::rows
