#include "workers/postgres/types.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/db/pg.h"
#include "workers/postgres/type_name.h"

namespace orch::postgres {
namespace {

using data::Kind;

struct Named {
  std::string_view name;
  Kind kind;
};

constexpr std::array kinds = {
    Named{"boolean", Kind::boolean},
    Named{"smallint", Kind::int16},
    Named{"integer", Kind::int32},
    Named{"bigint", Kind::int64},
    Named{"real", Kind::float32},
    Named{"double precision", Kind::float64},
    Named{"numeric", Kind::numeric},
    Named{"text", Kind::text},
    Named{"character varying", Kind::text},
    Named{"character", Kind::text},
    Named{"bytea", Kind::bytes},
    Named{"date", Kind::date},
    Named{"time without time zone", Kind::time},
    Named{"timestamp without time zone", Kind::timestamp},
    Named{"timestamp with time zone", Kind::timestamptz},
    Named{"uuid", Kind::uuid},
    Named{"json", Kind::json},
    Named{"jsonb", Kind::json},
};

// Without tsquery: a server that checks what it reads (15.18 does) takes no empty one in binary
// form.
constexpr auto portable = std::to_array<std::string_view>({"boolean",
                                                           "smallint",
                                                           "integer",
                                                           "bigint",
                                                           "oid",
                                                           "real",
                                                           "double precision",
                                                           "numeric",
                                                           "text",
                                                           "character varying",
                                                           "character",
                                                           "name",
                                                           "\"char\"",
                                                           "bytea",
                                                           "date",
                                                           "time without time zone",
                                                           "time with time zone",
                                                           "timestamp without time zone",
                                                           "timestamp with time zone",
                                                           "interval",
                                                           "uuid",
                                                           "json",
                                                           "jsonb",
                                                           "xml",
                                                           "inet",
                                                           "cidr",
                                                           "macaddr",
                                                           "macaddr8",
                                                           "bit",
                                                           "bit varying",
                                                           "money",
                                                           "point",
                                                           "line",
                                                           "lseg",
                                                           "box",
                                                           "path",
                                                           "polygon",
                                                           "circle",
                                                           "tsvector",
                                                           "int4range",
                                                           "int8range",
                                                           "numrange",
                                                           "tsrange",
                                                           "tstzrange",
                                                           "daterange",
                                                           "int4multirange",
                                                           "int8multirange",
                                                           "nummultirange",
                                                           "tsmultirange",
                                                           "tstzmultirange",
                                                           "datemultirange",
                                                           "pg_lsn",
                                                           "xid",
                                                           "xid8",
                                                           "cid",
                                                           "tid",
                                                           "txid_snapshot",
                                                           "pg_snapshot",
                                                           "jsonpath"});

/// "numeric(12,2)" and "timestamp(3) without time zone" without what stands in brackets.
std::string base_of(const std::string& native) {
  auto base = native;
  while (base.ends_with("[]")) base.resize(base.size() - 2);
  const auto open = base.find('(');
  if (open == std::string::npos) return base;
  const auto close = base.find(')', open);
  if (close == std::string::npos) return base;
  base.erase(open, close - open + 1);
  return base;
}

/// The numbers in brackets, if there are any.
std::pair<int, int> modifiers(const std::string& native) {
  const auto open = native.find('(');
  if (open == std::string::npos) return {0, 0};
  std::pair<int, int> found{0, 0};
  const auto* end = native.data() + native.size();
  const auto first = std::from_chars(native.data() + open + 1, end, found.first);
  if (first.ptr != end && *first.ptr == ',') std::from_chars(first.ptr + 1, end, found.second);
  return found;
}

bool integer_widens(Kind from, Kind to) {
  const bool whole = from == Kind::int16 || from == Kind::int32;
  return whole && to > from && to <= Kind::int64;
}

bool numeric_widens(const data::Column& from, const data::Column& to) {
  if (to.precision == 0) return true;
  if (from.kind == Kind::int16) return to.precision - to.scale >= 5;
  if (from.kind == Kind::int32) return to.precision - to.scale >= 10;
  if (from.kind == Kind::int64) return to.precision - to.scale >= 19;
  return from.precision > 0 && to.scale >= from.scale &&
         to.precision - to.scale >= from.precision - from.scale;
}

}  // namespace

void interpret(data::Column& column) {
  column.kind = Kind::other;
  const auto& native = column.native.shown();
  if (native.ends_with("[]")) return;
  const auto base = base_of(native);
  for (const auto& [name, kind] : kinds) {
    if (name == base) column.kind = kind;
  }
  const auto [first, second] = modifiers(native);
  if (column.kind == Kind::numeric) {
    column.precision = first;
    column.scale = second;
  }
  if (column.kind == Kind::text) column.length = first;
}

bool portable_binary(const data::TypeText& native) {
  const auto base = base_of(native.shown());
  return std::find(portable.begin(), portable.end(), base) != portable.end();
}

std::string native_for(const data::Column& column) {
  switch (column.kind) {
    case Kind::boolean:
      return "boolean";
    case Kind::int16:
      return "smallint";
    case Kind::int32:
      return "integer";
    case Kind::int64:
      return "bigint";
    case Kind::float32:
      return "real";
    case Kind::float64:
      return "double precision";
    case Kind::numeric:
      return column.precision > 0 ? fmt::format("numeric({},{})", column.precision, column.scale)
                                  : "numeric";
    case Kind::text:
      return column.length > 0 ? fmt::format("character varying({})", column.length) : "text";
    case Kind::bytes:
      return "bytea";
    case Kind::date:
      return "date";
    case Kind::time:
      return "time without time zone";
    case Kind::timestamp:
      return "timestamp without time zone";
    case Kind::timestamptz:
      return "timestamp with time zone";
    case Kind::uuid:
      return "uuid";
    case Kind::json:
      return "json";
    case Kind::any:
    case Kind::other:
      break;
  }
  return {};
}

std::optional<std::string> widened(const data::Column& from, const data::Column& to) {
  if (from.native == to.native) return std::string();
  const auto& before = from.native.shown();
  const auto& after = to.native.shown();
  const auto cast = fmt::format("{}::{}", pg::quote(from.name), type_sql(to.native, to.name));
  if (integer_widens(from.kind, to.kind)) return cast;
  if (from.kind == Kind::float32 && to.kind == Kind::float64) return cast;
  if (to.kind == Kind::numeric &&
      (from.kind == Kind::numeric || (from.kind >= Kind::int16 && from.kind <= Kind::int64)) &&
      numeric_widens(from, to))
    return cast;
  const bool varying = before.starts_with("character varying") || before == "text";
  const bool to_varying = after.starts_with("character varying") || after == "text";
  if (varying && to_varying && (to.length == 0 || (from.length > 0 && from.length <= to.length)))
    return cast;
  if (before == "json" && after == "text") return cast;
  return std::nullopt;
}

}  // namespace orch::postgres
