// Oracle through its own driver. Source: Oracle Database, "SQL Language Reference", "Database
// Reference" (ALL_… views), "Error Messages". An empty text is NULL to Oracle itself.
#include <array>

#include "workers/odbc/dialect.h"

namespace orch::odbc {
namespace {

using data::ErrorClass;
using data::Kind;

// All digits whatever the session's settings; 64 characters at most.
constexpr std::string_view digits = "TO_CHAR({}, 'TM9', 'NLS_NUMERIC_CHARACTERS=''.,''')";
constexpr std::string_view in_utc = "CAST(SYS_EXTRACT_UTC({}) AS TIMESTAMP(9))";

constexpr std::array types = {
    Type{"number", Kind::int64, Way::text, digits, 64, 18, true},
    Type{"number", Kind::numeric, Way::text, digits, 64},
    Type{"float", Kind::numeric, Way::text, digits, 64},
    Type{"binary_float", Kind::float32, Way::real},
    Type{"binary_double", Kind::float64, Way::real},
    Type{"varchar2", Kind::text, Way::text},
    Type{"nvarchar2", Kind::text, Way::text},
    Type{"char", Kind::text, Way::text},
    Type{"nchar", Kind::text, Way::text},
    Type{"clob", Kind::text, Way::text},
    Type{"nclob", Kind::text, Way::text},
    Type{"long", Kind::text, Way::text},
    Type{"rowid", Kind::text, Way::text, "ROWIDTOCHAR({})", 18},
    Type{"raw", Kind::bytes, Way::bytes},
    Type{"long raw", Kind::bytes, Way::bytes},
    Type{"blob", Kind::bytes, Way::bytes},
    Type{"date", Kind::timestamp, Way::timestamp},
    Type{"timestamp", Kind::timestamp, Way::timestamp},
    Type{"timestamp with time zone", Kind::timestamptz, Way::timestamp, in_utc},
    Type{"timestamp with local time zone", Kind::timestamptz, Way::timestamp, in_utc},
    Type{"interval year to month", Kind::text, Way::text, "TO_CHAR({})", 32},
    Type{"interval day to second", Kind::text, Way::text, "TO_CHAR({})", 64},
    Type{"json", Kind::json, Way::text, "JSON_SERIALIZE({} RETURNING CLOB)"},
    Type{"xmltype", Kind::text, Way::text, "XMLSERIALIZE(CONTENT {} AS CLOB)"},
};

constexpr std::array<std::string_view, 4> session = {
    "ALTER SESSION SET TIME_ZONE = '+00:00'", "ALTER SESSION SET NLS_NUMERIC_CHARACTERS = '.,'",
    "ALTER SESSION SET NLS_SORT = BINARY NLS_COMP = BINARY",
    "ALTER SESSION SET NLS_DATE_FORMAT = 'YYYY-MM-DD HH24:MI:SS' NLS_TIMESTAMP_FORMAT = "
    "'YYYY-MM-DD HH24:MI:SS.FF' NLS_TIMESTAMP_TZ_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF TZH:TZM'"};

constexpr std::array<std::string_view, 1> read_only = {"SET TRANSACTION READ ONLY"};

constexpr std::array positions = {
    Position{"scn", "SELECT TO_CHAR(current_scn) FROM v$database", true},
};

constexpr std::array errors = {
    NativeError{1017, ErrorClass::refused, "check the user and the connection's \"password\""},
    NativeError{1045, ErrorClass::refused, "grant the user CREATE SESSION"},
    NativeError{28000, ErrorClass::refused, "the account is locked"},
    NativeError{28001, ErrorClass::refused, "the user's password has expired"},
    NativeError{1031, ErrorClass::denied, "grant the user SELECT on the table"},
    NativeError{942, ErrorClass::statement, "grant the user SELECT on it, if it is there"},
    NativeError{54, ErrorClass::locked, "another session holds the table; end its transaction"},
    NativeError{60, ErrorClass::locked, "two transactions waited for each other; a retry helps"},
    NativeError{1555, ErrorClass::locked,
                "the server kept the rows' old state for too short a time: a retry helps, or a "
                "longer undo_retention"},
    NativeError{1466, ErrorClass::locked, "the table was altered just now; a retry helps"},
    NativeError{20, ErrorClass::down, "the server has no free connection"},
    NativeError{1033, ErrorClass::down, "the server is starting or stopping"},
    NativeError{1034, ErrorClass::down, "the database is not open"},
    NativeError{12154, ErrorClass::down, "check host, port and service"},
    NativeError{12170, ErrorClass::down, "check host, port and that the server runs"},
    NativeError{12505, ErrorClass::down, "the listener knows no such service"},
    NativeError{12514, ErrorClass::down, "the listener knows no such service"},
    NativeError{12541, ErrorClass::down, "check host, port and that the listener runs"},
    NativeError{12545, ErrorClass::down, "check the host's name"},
    NativeError{28, ErrorClass::lost, "the session was killed"},
    NativeError{1012, ErrorClass::lost, ""},
    NativeError{1013, ErrorClass::lost, "the statement was killed"},
    NativeError{1089, ErrorClass::lost, "the server was stopped"},
    NativeError{3113, ErrorClass::lost, ""},
    NativeError{3114, ErrorClass::lost, ""},
    NativeError{3135, ErrorClass::lost, ""},
    NativeError{12537, ErrorClass::lost, ""},
};

}  // namespace

const Dialect& oracle() {
  static constexpr Dialect made{
      .name = "oracle",
      .server = "Oracle",
      .products = "oracle",
      .expressions = data::SqlDialect::oracle,
      .first_row = "SELECT * FROM (SELECT {columns} FROM {from}{where}) WHERE ROWNUM = 1",
      .session = session,
      .catalog =
          {.current = "SELECT SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') FROM dual",
           .relations =
               "SELECT r.owner, r.name, r.kind FROM (SELECT owner, table_name AS name, 'table' AS "
               "kind FROM all_tables WHERE nested = 'NO' AND secondary = 'N' AND dropped = 'NO' "
               "UNION ALL SELECT owner, view_name, 'view' FROM all_views) r JOIN all_users u ON "
               "u.username = r.owner WHERE u.oracle_maintained = 'N' ORDER BY r.owner, r.name",
           .schemas = "SELECT username FROM all_users WHERE oracle_maintained = 'N' ORDER BY "
                      "username",
           .table = "SELECT o.owner, o.object_name, TO_CHAR(t.num_rows) FROM all_objects o LEFT "
                    "JOIN all_tables t ON t.owner = o.owner AND t.table_name = o.object_name WHERE "
                    "o.object_type IN ('TABLE', 'VIEW') AND o.owner = {schema} AND o.object_name "
                    "IN ({table}, UPPER({table})) ORDER BY CASE o.object_name WHEN {table} THEN 0 "
                    "ELSE 1 END",
           .columns =
               "SELECT column_name, CASE WHEN data_type = 'NUMBER' AND data_precision IS NOT NULL "
               "THEN 'NUMBER(' || data_precision || ',' || NVL(data_scale, 0) || ')' WHEN "
               "data_type "
               "= 'NUMBER' AND data_scale IS NOT NULL THEN 'NUMBER(38,' || data_scale || ')' WHEN "
               "data_type = 'RAW' THEN 'RAW(' || data_length || ')' WHEN data_type IN ('CHAR', "
               "'NCHAR', 'VARCHAR2', 'NVARCHAR2') THEN data_type || '(' || char_length || ')' ELSE "
               "data_type END, CASE WHEN char_length > 0 THEN TO_CHAR(char_length) END, CASE "
               "nullable WHEN 'N' THEN 'NO' ELSE 'YES' END, virtual_column FROM all_tab_cols WHERE "
               "owner = {schema} AND table_name = {table} AND hidden_column = 'NO' ORDER BY "
               "column_id",
           .key = "SELECT k.column_name FROM all_constraints c JOIN all_cons_columns k ON k.owner "
                  "= c.owner AND k.constraint_name = c.constraint_name WHERE c.constraint_type = "
                  "'P' AND c.owner = {schema} AND c.table_name = {table} ORDER BY k.position"},
      .types = types,
      .other = {.name = "", .kind = Kind::other},
      .reading = {.manual = true, .view = {.name = "read only transaction", .sql = read_only}},
      .positions = positions,
      .watermarks = {.offset = true,
                     .minus_seconds = "{value} - NUMTODSINTERVAL({seconds}, 'SECOND')"},
      .errors = errors,
  };
  return made;
}

}  // namespace orch::odbc
