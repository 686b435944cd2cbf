#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "orchestrator/db/odbc.h"
#include "orchestrator/db/odbc_library.h"

namespace orch::odbc {
namespace {

struct Code {
  int type;
  const char* name;
  int parameters;  ///< that it is shown with
};

constexpr std::array codes = {
    Code{SQL_BIT, "boolean", 0},         Code{SQL_TINYINT, "smallint", 0},
    Code{SQL_SMALLINT, "smallint", 0},   Code{SQL_INTEGER, "integer", 0},
    Code{SQL_BIGINT, "bigint", 0},       Code{SQL_REAL, "real", 0},
    Code{SQL_FLOAT, "double", 0},        Code{SQL_DOUBLE, "double", 0},
    Code{SQL_DECIMAL, "decimal", 2},     Code{SQL_NUMERIC, "decimal", 2},
    Code{SQL_CHAR, "char", 1},           Code{SQL_WCHAR, "char", 1},
    Code{SQL_VARCHAR, "varchar", 1},     Code{SQL_WVARCHAR, "varchar", 1},
    Code{SQL_LONGVARCHAR, "text", 0},    Code{SQL_WLONGVARCHAR, "text", 0},
    Code{SQL_BINARY, "binary", 1},       Code{SQL_VARBINARY, "varbinary", 1},
    Code{SQL_LONGVARBINARY, "blob", 0},  Code{SQL_TYPE_DATE, "date", 0},
    Code{SQL_TYPE_TIME, "time", 0},      Code{SQL_TYPE_TIMESTAMP, "timestamp", 0},
    Code{SQL_DATE, "date", 0},           Code{SQL_TIME, "time", 0},
    Code{SQL_TIMESTAMP, "timestamp", 0}, Code{SQL_GUID, "uuid", 0},
};

}  // namespace

std::string standard_type(const ResultColumn& column) {
  const auto* code = std::ranges::find(codes, column.type, &Code::type);
  if (code == codes.end()) return {};
  if (code->parameters == 2)
    return fmt::format("{}({},{})", code->name, column.size, column.digits);
  if (code->parameters == 1 && column.size > 0)
    return fmt::format("{}({})", code->name, column.size);
  return code->name;
}

}  // namespace orch::odbc
