// DB2 for Linux, UNIX and Windows through IBM's driver. Source: IBM Db2 11.5, "SQL reference",
// "Catalog views", "Messages". A load is one statement at cursor stability.
#include <array>

#include "workers/odbc/dialect.h"

namespace orch::odbc {
namespace {

using data::ErrorClass;
using data::Kind;

constexpr std::array types = {
    Type{"boolean", Kind::boolean, Way::integer, "CAST({} AS SMALLINT)"},
    Type{"smallint", Kind::int16, Way::integer},
    Type{"integer", Kind::int32, Way::integer},
    Type{"bigint", Kind::int64, Way::integer},
    Type{"decimal", Kind::numeric, Way::text, "{}", 34},
    Type{"decfloat", Kind::numeric, Way::text, "CAST({} AS VARCHAR(42))", 42},
    Type{"real", Kind::float32, Way::real},
    Type{"double", Kind::float64, Way::real},
    Type{"character", Kind::text, Way::text},
    Type{"char", Kind::text, Way::text},
    Type{"varchar", Kind::text, Way::text},
    Type{"long varchar", Kind::text, Way::text},
    Type{"clob", Kind::text, Way::text},
    Type{"graphic", Kind::text, Way::text},
    Type{"vargraphic", Kind::text, Way::text},
    Type{"dbclob", Kind::text, Way::text},
    Type{"binary", Kind::bytes, Way::bytes},
    Type{"varbinary", Kind::bytes, Way::bytes},
    Type{"blob", Kind::bytes, Way::bytes},
    Type{"date", Kind::date, Way::date},
    // 24:00:00 is a time to DB2, which has no parts of one.
    Type{"time", Kind::time, Way::text, "CHAR({}, JIS)", 8},
    // It has twelve digits of a second, and parts have nine.
    Type{"timestamp", Kind::timestamp, Way::text,
         "VARCHAR_FORMAT({}, 'YYYY-MM-DD HH24:MI:SS.FF12')", 32},
    Type{"xml", Kind::text, Way::text, "XMLSERIALIZE({} AS CLOB(2147483647))"},
};

constexpr std::array<std::string_view, 1> session = {"SET CURRENT LOCK TIMEOUT 60"};
constexpr std::array<std::string_view, 1> committed = {"SET CURRENT ISOLATION = CS"};

constexpr std::array positions = {
    Position{"lsn",
             "SELECT CAST(current_lsn AS VARCHAR(20)) FROM TABLE(MON_GET_TRANSACTION_LOG(-1)) AS t",
             true},
};

constexpr std::array errors = {
    NativeError{-30082, ErrorClass::refused, "check the user and the connection's \"password\""},
    NativeError{-1060, ErrorClass::refused, "grant the user CONNECT on the database"},
    NativeError{-1013, ErrorClass::refused, "check the database's name"},
    NativeError{-551, ErrorClass::denied, "grant the user SELECT on the table"},
    NativeError{-911, ErrorClass::locked, "another session holds the table; a retry helps"},
    NativeError{-913, ErrorClass::locked, "another session holds the table; a retry helps"},
    NativeError{-1226, ErrorClass::down, "the server has no free connection"},
    NativeError{-1336, ErrorClass::down, "check the host's name"},
    NativeError{-1224, ErrorClass::lost, "the server was stopped"},
    NativeError{-30081, ErrorClass::down, "check host, port and that the server runs",
                "\"connect\""},
    NativeError{-30081, ErrorClass::lost, ""},
    NativeError{-952, ErrorClass::lost, "the statement was killed"},
};

}  // namespace

const Dialect& db2() {
  static constexpr Dialect made{
      .name = "db2",
      .server = "DB2",
      .products = "db2",
      .expressions = data::SqlDialect::standard,
      .first_row = "SELECT {columns} FROM {from}{where} FETCH FIRST 1 ROWS ONLY",
      .session = session,
      .catalog =
          {.current = "VALUES RTRIM(CURRENT SCHEMA)",
           .relations = "SELECT RTRIM(tabschema), tabname, CASE type WHEN 'V' THEN 'view' WHEN 'S' "
                        "THEN 'materialized view' ELSE 'table' END FROM syscat.tables WHERE type "
                        "IN ('T', 'V', 'S') AND tabschema NOT LIKE 'SYS%' ORDER BY tabschema, "
                        "tabname",
           .schemas = "SELECT RTRIM(schemaname) FROM syscat.schemata WHERE schemaname NOT LIKE "
                      "'SYS%' AND schemaname NOT IN ('NULLID', 'SQLJ') ORDER BY schemaname",
           .table = "SELECT RTRIM(tabschema), tabname, CASE WHEN card >= 0 THEN card END FROM "
                    "syscat.tables WHERE tabschema = {schema} AND tabname IN ({table}, "
                    "UPPER({table})) AND type IN ('T', 'V', 'S') ORDER BY CASE tabname WHEN "
                    "{table} THEN 0 ELSE 1 END",
           .columns =
               "SELECT colname, CASE WHEN typename IN ('CHARACTER', 'VARCHAR', 'LONG VARCHAR') AND "
               "codepage = 0 THEN 'VARBINARY(' || RTRIM(CHAR(length)) || ')' WHEN typename = "
               "'DECIMAL' THEN 'DECIMAL(' || RTRIM(CHAR(length)) || ',' || RTRIM(CHAR(scale)) || "
               "')' WHEN typename IN ('CHARACTER', 'VARCHAR', 'GRAPHIC', 'VARGRAPHIC', 'BINARY', "
               "'VARBINARY') THEN typename || '(' || RTRIM(CHAR(length)) || ')' ELSE typename END, "
               "CASE WHEN typename IN ('CHARACTER', 'VARCHAR', 'GRAPHIC', 'VARGRAPHIC') AND "
               "codepage <> 0 THEN length END, CASE nulls WHEN 'N' THEN 'NO' ELSE 'YES' END, CASE "
               "WHEN generated <> '' AND identity = 'N' THEN 'YES' ELSE 'NO' END FROM "
               "syscat.columns WHERE tabschema = {schema} AND tabname = {table} AND hidden <> 'S' "
               "ORDER BY colno",
           .key = "SELECT k.colname FROM syscat.tabconst c JOIN syscat.keycoluse k ON k.tabschema "
                  "= c.tabschema AND k.tabname = c.tabname AND k.constname = c.constname WHERE "
                  "c.type = 'P' AND c.tabschema = {schema} AND c.tabname = {table} ORDER BY "
                  "k.colseq"},
      .types = types,
      .other = {.name = "", .kind = Kind::other},
      .reading = {.manual = true,
                  .view = {},
                  .allowed = "VALUES 0",
                  .otherwise = {.name = "cursor stability", .sql = committed},
                  .advice = "DB2 has no view of one moment: a load sees the rows of several, each "
                            "as it was committed"},
      .positions = positions,
      .watermarks = {.date = "DATE({})",
                     .time = "TIME({})",
                     .timestamp = "TIMESTAMP({})",
                     .timestamptz = "TIMESTAMP({})",
                     .minus_seconds = "{value} - {seconds} SECONDS"},
      .errors = errors,
  };
  return made;
}

}  // namespace orch::odbc
