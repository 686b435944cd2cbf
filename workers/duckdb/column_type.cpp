#include "workers/duckdb/column_type.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include <fmt/format.h>

#include "workers/duckdb/types.h"

namespace orch::duckdb {
namespace {

using data::Kind;

constexpr int most_digits = 38;

struct Written {
  std::string_view type;  ///< as DuckDB spells it
  Kind kind;
  std::size_t bytes;
};

constexpr std::array written{
    Written{"BOOLEAN", Kind::boolean, 1},
    Written{"TINYINT", Kind::int16, 1},
    Written{"SMALLINT", Kind::int16, 2},
    Written{"INTEGER", Kind::int32, 4},
    Written{"BIGINT", Kind::int64, 8},
    Written{"FLOAT", Kind::float32, 4},
    Written{"DOUBLE", Kind::float64, 8},
    Written{"VARCHAR", Kind::text, 0},
    Written{"BLOB", Kind::bytes, 0},
    Written{"DATE", Kind::date, 4},
    Written{"TIME", Kind::time, 8},
    Written{"TIMESTAMP", Kind::timestamp, 8},
    Written{"TIMESTAMP WITH TIME ZONE", Kind::timestamptz, 8},
    Written{"UUID", Kind::uuid, 16},
    Written{"JSON", Kind::json, 0},
};

constexpr std::array<std::pair<std::string_view, std::string_view>, 18> other_names{{
    {"BOOL", "BOOLEAN"},
    {"INT2", "SMALLINT"},
    {"INT", "INTEGER"},
    {"INT4", "INTEGER"},
    {"INT8", "BIGINT"},
    {"LONG", "BIGINT"},
    {"FLOAT4", "FLOAT"},
    {"REAL", "FLOAT"},
    {"FLOAT8", "DOUBLE"},
    {"DOUBLE PRECISION", "DOUBLE"},
    {"TEXT", "VARCHAR"},
    {"STRING", "VARCHAR"},
    {"BYTEA", "BLOB"},
    {"BINARY", "BLOB"},
    {"DATETIME", "TIMESTAMP"},
    {"TIMESTAMP WITHOUT TIME ZONE", "TIMESTAMP"},
    {"TIMESTAMP_NTZ", "TIMESTAMP"},
    {"TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE"},
}};

const Written* find_type(std::string_view type) {
  const auto found = std::ranges::find(written, type, &Written::type);
  return found == written.end() ? nullptr : &*found;
}

std::string decimal(int precision, int scale) {
  return fmt::format("DECIMAL({},{})", precision, scale);
}

std::string_view type_of(const data::Column& source) {
  // Of numbers without limits a text keeps every digit.
  if (source.kind == Kind::numeric || source.kind == Kind::other) return "VARCHAR";
  for (const auto& each : written)
    if (each.kind == source.kind && each.type != "TINYINT") return each.type;
  return {};
}

// "numeric(12, 2)" and "DECIMAL(12,2)" as "DECIMAL(12,2)"; unset for others.
std::optional<std::string> wished_decimal(std::string_view type) {
  for (const std::string_view word : {"DECIMAL(", "NUMERIC("}) {
    if (!type.starts_with(word) || !type.ends_with(')')) continue;
    type.remove_prefix(word.size());
    int precision = 0;
    int scale = 0;
    auto [at, error] = std::from_chars(type.data(), type.data() + type.size(), precision);
    if (*at == ',') {
      for (++at; *at == ' '; ++at) {
      }
      at = std::from_chars(at, type.data() + type.size(), scale).ptr;
    }
    const bool whole = error == std::errc() && at == type.data() + type.size() - 1;
    if (!whole || precision < 1 || precision > most_digits || scale < 0 || scale > precision)
      return std::nullopt;
    return decimal(precision, scale);
  }
  return std::nullopt;
}

}  // namespace

data::Column column_for(const std::string& name, const data::Column& source) {
  const bool fits = source.kind == Kind::numeric && source.precision > 0 &&
                    source.precision <= most_digits && source.scale >= 0 &&
                    source.scale <= source.precision;
  auto column = column_of(
      name, fits ? decimal(source.precision, source.scale) : std::string(type_of(source)));
  column.nullable = source.nullable;
  return column;
}

std::optional<data::Column> column_wished(const std::string& name, std::string_view type) {
  std::string upper(type);
  std::ranges::transform(upper, upper.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  if (auto number = wished_decimal(upper)) return column_of(name, *std::move(number));
  for (const auto& [other, own] : other_names)
    if (upper == other) upper = own;
  if (!find_type(upper)) return std::nullopt;
  return column_of(name, std::move(upper));
}

bool is_written(const data::Column& column) { return !type_sql(column).empty(); }

std::string type_sql(const data::Column& column) {
  if (const auto* type = find_type(column.native.shown())) return std::string(type->type);
  if (!column.native.shown().starts_with("DECIMAL(")) return {};
  return decimal(column.precision, column.scale);
}

std::size_t bytes_of(const data::Column& column) {
  if (const auto* type = find_type(column.native.shown())) return type->bytes;
  // Of a decimal, by its digits.
  return column.precision <= 4 ? 2 : column.precision <= 9 ? 4 : column.precision <= 18 ? 8 : 16;
}

}  // namespace orch::duckdb
