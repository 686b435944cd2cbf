// SQLite through libsqliteodbc. Source: sqlite.org, "Datatypes In SQLite", "pragma_table_info".
#include <array>

#include "workers/odbc/dialect.h"

namespace orch::odbc {
namespace {

using data::ErrorClass;
// The driver makes of a value what the column declares, and ends a text at its first NUL: every
// value comes with its storage class instead, reals with all their digits.
constexpr std::string_view tagged =
    "CASE typeof({}) WHEN 'integer' THEN 'i' || {} WHEN 'real' THEN 'r' || printf('%!.17g', {}) "
    "WHEN 'text' THEN CASE WHEN instr({}, char(0)) > 0 THEN 'h' || hex({}) ELSE 't' || {} END WHEN "
    "'blob' THEN 'b' || hex({}) END";

constexpr std::array<std::string_view, 1> read_transaction = {"BEGIN"};

constexpr std::array positions = {
    Position{"at", "SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now')", false},
    Position{"data_version", "SELECT data_version FROM pragma_data_version", false},
};

constexpr std::array errors = {
    NativeError{5, ErrorClass::locked, "another program writes to the file"},
    NativeError{6, ErrorClass::locked, "another program writes to the file"},
};

}  // namespace

const Dialect& sqlite() {
  static constexpr Dialect made{
      .name = "sqlite",
      .server = "SQLite",
      .products = "sqlite",
      .expressions = data::SqlDialect::sqlite,
      .first_row = "SELECT {columns} FROM {from}{where} LIMIT 1",
      .keeps_lengths = false,
      .typed = false,
      .declared = true,
      .catalog =
          {.current = "SELECT ''",
           .relations = "SELECT '', name, type FROM sqlite_schema WHERE type IN ('table', 'view') "
                        "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE "
                        "'orch\\_stage\\_\\_%' ESCAPE '\\' AND lower(name) NOT IN ('orch_schema', "
                        "'orch_fence', 'orch_load', 'orch_evidence', 'orch_sql_once', 'orch_file') "
                        "ORDER BY name",
           .schemas = "",
           .table = "SELECT '', name, NULL FROM sqlite_schema WHERE type IN ('table', 'view') AND "
                    "name = {table} COLLATE NOCASE ORDER BY name = {table} DESC",
           .columns = "SELECT name, type, NULL, CASE \"notnull\" WHEN 0 THEN 'YES' ELSE 'NO' END, "
                      "CASE WHEN hidden IN (2, 3) THEN 'YES' ELSE 'NO' END FROM "
                      "pragma_table_xinfo({table}) WHERE hidden <> 1 ORDER BY cid",
           .key = "SELECT name FROM pragma_table_info({table}) WHERE pk > 0 ORDER BY pk"},
      .types = {},
      .other = {.name = "", .kind = data::Kind::any, .way = Way::tagged, .select = tagged},
      .reading = {.view = {.name = "one state of the file", .sql = read_transaction}},
      .positions = positions,
      .watermarks = {.moments = false, .odd_number = "typeof({}) NOT IN ('integer', 'real')"},
      .errors = errors,
  };
  return made;
}

}  // namespace orch::odbc
