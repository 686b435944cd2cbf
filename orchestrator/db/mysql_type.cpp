#include "orchestrator/db/mysql_type.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

namespace orch::mysql {
namespace {

struct Spelling {
  enum_field_types type;
  const char* text;
};

constexpr std::array spellings = {
    Spelling{MYSQL_TYPE_TINY, "tinyint"},        Spelling{MYSQL_TYPE_SHORT, "smallint"},
    Spelling{MYSQL_TYPE_INT24, "mediumint"},     Spelling{MYSQL_TYPE_LONG, "int"},
    Spelling{MYSQL_TYPE_LONGLONG, "bigint"},     Spelling{MYSQL_TYPE_YEAR, "year"},
    Spelling{MYSQL_TYPE_FLOAT, "float"},         Spelling{MYSQL_TYPE_DOUBLE, "double"},
    Spelling{MYSQL_TYPE_DATE, "date"},           Spelling{MYSQL_TYPE_NEWDATE, "date"},
    Spelling{MYSQL_TYPE_TIME, "time"},           Spelling{MYSQL_TYPE_DATETIME, "datetime"},
    Spelling{MYSQL_TYPE_TIMESTAMP, "timestamp"}, Spelling{MYSQL_TYPE_JSON, "json"},
    Spelling{MYSQL_TYPE_GEOMETRY, "geometry"},
};

constexpr unsigned binary_collation = 63;

/// What MariaDB says of types that the protocol has no number for: "json", "uuid", "inet6",
/// "point".
std::string_view attribute(const MYSQL_FIELD& field, mariadb_field_attr_t which) {
  MARIADB_CONST_STRING value{};
  if (mariadb_field_attr(&value, &field, which) != 0) return {};
  return {value.str, value.length};
}

}  // namespace

std::string type_text(const MYSQL_FIELD& field) {
  for (const auto which : {MARIADB_FIELD_ATTR_FORMAT_NAME, MARIADB_FIELD_ATTR_DATA_TYPE_NAME})
    if (const auto name = attribute(field, which); !name.empty()) return std::string(name);
  const char* sign = (field.flags & UNSIGNED_FLAG) != 0 ? " unsigned" : "";
  if (field.type == MYSQL_TYPE_NEWDECIMAL || field.type == MYSQL_TYPE_DECIMAL) {
    // The length counts the point and the sign.
    const auto digits = field.length - (field.decimals > 0 ? 1 : 0) - (*sign ? 0 : 1);
    return fmt::format("decimal({},{}){}", digits, field.decimals, sign);
  }
  if (field.type == MYSQL_TYPE_BIT) return fmt::format("bit({})", field.length);
  const auto* found = std::ranges::find(spellings, field.type, &Spelling::type);
  if (found != spellings.end()) return std::string(found->text) + sign;
  return field.charsetnr == binary_collation ? "longblob" : "longtext";
}

}  // namespace orch::mysql
