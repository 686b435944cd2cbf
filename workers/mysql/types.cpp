#include "workers/mysql/types.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

namespace orch::mysql {
namespace {

using data::Kind;

/// "decimal" of "decimal(12,2) unsigned".
std::string_view base_of(std::string_view type) { return type.substr(0, type.find_first_of("( ")); }

bool is_unsigned(std::string_view type) {
  return type.find(" unsigned") != std::string_view::npos ||
         type.find(" zerofill") != std::string_view::npos;
}

/// The numbers in the brackets of a type; 0 for what is not there.
std::array<int, 2> parameters_of(std::string_view type) {
  std::array<int, 2> numbers{};
  auto at = type.find('(');
  for (auto& number : numbers) {
    if (at == std::string_view::npos || at >= type.size()) break;
    const auto* begin = type.data() + at + 1;
    const auto read = std::from_chars(begin, type.data() + type.size(), number);
    if (read.ec != std::errc() || *read.ptr != ',') break;
    at = static_cast<std::size_t>(read.ptr - type.data());
  }
  return numbers;
}

struct Meaning {
  std::string_view base;
  Kind kind;
  Kind as_unsigned;  ///< the smallest that holds all values
};

constexpr std::array meanings = {
    Meaning{"tinyint", Kind::int16, Kind::int16},
    Meaning{"smallint", Kind::int16, Kind::int32},
    Meaning{"mediumint", Kind::int32, Kind::int32},
    Meaning{"int", Kind::int32, Kind::int64},
    Meaning{"bigint", Kind::int64, Kind::numeric},
    Meaning{"year", Kind::int16, Kind::int16},
    Meaning{"decimal", Kind::numeric, Kind::numeric},
    Meaning{"float", Kind::float32, Kind::float32},
    Meaning{"double", Kind::float64, Kind::float64},
    Meaning{"date", Kind::date, Kind::date},
    Meaning{"time", Kind::time, Kind::time},
    Meaning{"datetime", Kind::timestamp, Kind::timestamp},
    Meaning{"timestamp", Kind::timestamptz, Kind::timestamptz},
    Meaning{"json", Kind::json, Kind::json},
    Meaning{"uuid", Kind::uuid, Kind::uuid},
};

constexpr std::array texts = {"char",     "varchar", "tinytext", "text",  "mediumtext",
                              "longtext", "enum",    "set",      "inet4", "inet6"};
constexpr std::array bytes = {"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"};
constexpr std::array shapes = {
    "geometry",        "point",        "linestring",         "polygon",       "multipoint",
    "multilinestring", "multipolygon", "geometrycollection", "geomcollection"};

bool among(const auto& names, std::string_view base) {
  return std::ranges::find(names, base) != names.end();
}

constexpr int digits_of_unsigned_bigint = 20;
constexpr int bits_of_int64 = 63;
// Beyond it a text's length says how the server stores it, not what its owner wants to allow.
constexpr std::int64_t longest_declared = 65'535;

}  // namespace

void interpret(data::Column& column, std::int64_t characters) {
  const std::string_view type = column.native.shown();
  const auto base = base_of(type);
  const auto [first, second] = parameters_of(type);
  if (among(bytes, base)) {
    column.kind = Kind::bytes;
  } else if (among(texts, base) || among(shapes, base)) {
    column.kind = Kind::text;
    if (characters > 0 && characters < longest_declared)
      column.length = static_cast<int>(characters);
  } else if (base == "bit") {
    column.kind = first <= bits_of_int64 ? Kind::int64 : Kind::numeric;
    if (column.kind == Kind::numeric) column.precision = digits_of_unsigned_bigint;
  } else if (const auto* found = std::ranges::find(meanings, base, &Meaning::base);
             found != meanings.end()) {
    column.kind = is_unsigned(type) ? found->as_unsigned : found->kind;
    if (base == "decimal") {
      column.precision = first;
      column.scale = second;
    } else if (column.kind == Kind::numeric) {
      column.precision = digits_of_unsigned_bigint;
    }
  }
}

std::string selected(const data::Column& column, const std::string& name) {
  const auto base = base_of(column.native.shown());
  // The server prints a FLOAT with six digits; the double it is made to has all of them.
  if (base == "float") return fmt::format("({} + 0e0)", name);
  if (base == "bit") return fmt::format("({} + 0)", name);
  if (among(shapes, base)) return fmt::format("ST_AsText({})", name);
  return name;
}

}  // namespace orch::mysql
