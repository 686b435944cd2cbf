#include "workers/sqlite/declared_type.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace orch::sqlite {
namespace {

using data::Kind;

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

constexpr std::array<std::pair<std::string_view, Kind>, 24> known_types{{
    {"BOOLEAN", Kind::boolean},
    {"BOOL", Kind::boolean},
    {"NUMERIC", Kind::numeric},
    {"DECIMAL", Kind::numeric},
    {"DEC", Kind::numeric},
    {"NUMBER", Kind::numeric},
    {"DATE", Kind::date},
    {"TIME", Kind::time},
    {"DATETIME", Kind::timestamp},
    {"DATETIME2", Kind::timestamp},
    {"TIMESTAMP", Kind::timestamp},
    {"TIMESTAMP WITHOUT TIME ZONE", Kind::timestamp},
    {"TIMESTAMPTZ", Kind::timestamptz},
    {"TIMESTAMP WITH TIME ZONE", Kind::timestamptz},
    {"JSON", Kind::json},
    {"JSONB", Kind::json},
    {"UUID", Kind::uuid},
    {"GUID", Kind::uuid},
    {"UNIQUEIDENTIFIER", Kind::uuid},
    {"BYTEA", Kind::bytes},
    {"BINARY", Kind::bytes},
    {"VARBINARY", Kind::bytes},
    {"BLOB", Kind::bytes},
    {"", Kind::any},
}};

/// The words before and after a parenthesis: "TIMESTAMP (3) WITH TIME ZONE" -> the type's name.
std::string base_name(std::string_view declared) {
  std::string name;
  int depth = 0;
  for (const char c : upper(declared)) {
    depth += c == '(' ? 1 : 0;
    const bool blank = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (depth == 0 && !(blank && (name.empty() || name.back() == ' '))) name += blank ? ' ' : c;
    depth -= c == ')' ? 1 : 0;
  }
  while (!name.empty() && name.back() == ' ') name.pop_back();
  return name;
}

Kind kind_by_affinity(std::string_view declared) {
  switch (affinity_of(declared)) {
    case Affinity::integer:
      return Kind::int64;
    case Affinity::text:
      return Kind::text;
    case Affinity::real:
      return Kind::float64;
    case Affinity::blob:
      return Kind::bytes;
    case Affinity::numeric:
      break;
  }
  return Kind::any;
}

Kind kind_of(std::string_view declared) {
  const auto name = base_name(declared);
  const auto* found = std::find_if(known_types.begin(), known_types.end(),
                                   [&](const auto& known) { return known.first == name; });
  return found != known_types.end() ? found->second : kind_by_affinity(declared);
}

/// The one or two numbers in the parenthesis of a type; 0 for what is not there.
std::pair<int, int> arguments(std::string_view declared) {
  int numbers[2] = {0, 0};
  const auto open = declared.find('(');
  if (open == std::string_view::npos) return {0, 0};
  declared.remove_prefix(open + 1);
  for (auto& number : numbers) {
    const auto start = std::min(declared.find_first_not_of(' '), declared.size());
    const auto* end = declared.data() + declared.size();
    const auto read = std::from_chars(declared.data() + start, end, number);
    const auto comma = declared.find(',');
    if (read.ec != std::errc{} || comma == std::string_view::npos) break;
    declared.remove_prefix(comma + 1);
  }
  return {std::max(numbers[0], 0), std::max(numbers[1], 0)};
}

}  // namespace

Affinity affinity_of(std::string_view declared) {
  const auto type = upper(declared);
  const auto has = [&](const char* word) { return type.find(word) != std::string::npos; };
  if (has("INT")) return Affinity::integer;
  if (has("CHAR") || has("CLOB") || has("TEXT")) return Affinity::text;
  if (has("BLOB") || type.empty()) return Affinity::blob;
  if (has("REAL") || has("FLOA") || has("DOUB")) return Affinity::real;
  return Affinity::numeric;
}

data::Column column_of(std::string name, std::string declared) {
  data::Column column;
  column.name = std::move(name);
  column.kind = kind_of(declared);
  const auto [first, second] = arguments(declared);
  if (column.kind == Kind::numeric) {
    column.precision = first;
    column.scale = second;
  } else if (column.kind == Kind::text) {
    column.length = first;
  }
  column.native = std::move(declared);
  return column;
}

std::string declared_for(const data::Column& column) {
  switch (column.kind) {
    case Kind::boolean:
      return "BOOLEAN";
    case Kind::int16:
    case Kind::int32:
    case Kind::int64:
      return "INTEGER";
    case Kind::float32:
    case Kind::float64:
      return "REAL";
    case Kind::numeric:
      return column.scale == 0 && column.precision > 0 && column.precision <= 18 ? "INTEGER"
                                                                                 : "TEXT";
    case Kind::text:
      return column.length > 0 ? fmt::format("VARCHAR({})", column.length) : "TEXT";
    case Kind::bytes:
      return "BLOB";
    case Kind::date:
      return "DATE";
    case Kind::time:
      return "TIME";
    case Kind::timestamp:
      return "TIMESTAMP";
    case Kind::timestamptz:
      return "TIMESTAMPTZ";
    case Kind::any:
      return "";
    case Kind::uuid:
    case Kind::json:
    case Kind::other:
      break;
  }
  return "TEXT";
}

}  // namespace orch::sqlite
