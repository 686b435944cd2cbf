// SQL Server through Microsoft's driver or FreeTDS. Source: Microsoft, "Transact-SQL reference",
// "System catalog views", "Database engine errors"; FreeTDS, include/freetds/tds.h for 20000 on.
#include <array>

#include "workers/odbc/dialect.h"

namespace orch::odbc {
namespace {

using data::ErrorClass;
using data::Kind;

constexpr std::string_view in_utc = "CAST(SWITCHOFFSET({}, '+00:00') AS datetime2(7))";
constexpr std::string_view shape = "{}.ToString()";

constexpr std::array types = {
    Type{"bit", Kind::boolean, Way::integer},
    Type{"tinyint", Kind::int16, Way::integer},
    Type{"smallint", Kind::int16, Way::integer},
    Type{"int", Kind::int32, Way::integer},
    Type{"bigint", Kind::int64, Way::integer},
    Type{"decimal", Kind::numeric, Way::text, "{}", 41},
    Type{"numeric", Kind::numeric, Way::text, "{}", 41},
    // Drivers print money with two digits of its four.
    Type{"money", Kind::numeric, Way::text, "CAST({} AS decimal(19,4))", 41, 0, false, 19, 4},
    Type{"smallmoney", Kind::numeric, Way::text, "CAST({} AS decimal(10,4))", 41, 0, false, 10, 4},
    Type{"real", Kind::float32, Way::real},
    Type{"float", Kind::float64, Way::real},
    Type{"date", Kind::date, Way::date},
    Type{"time", Kind::time, Way::text, "CONVERT(varchar(16), {}, 121)", 16},
    Type{"datetime", Kind::timestamp, Way::timestamp},
    Type{"smalldatetime", Kind::timestamp, Way::timestamp},
    Type{"datetime2", Kind::timestamp, Way::timestamp},
    Type{"datetimeoffset", Kind::timestamptz, Way::timestamp, in_utc},
    Type{"uniqueidentifier", Kind::uuid, Way::text, "CAST({} AS char(36))", 36},
    Type{"char", Kind::text, Way::text},
    Type{"varchar", Kind::text, Way::text},
    Type{"nchar", Kind::text, Way::text},
    Type{"nvarchar", Kind::text, Way::text},
    Type{"sysname", Kind::text, Way::text},
    Type{"text", Kind::text, Way::text},
    Type{"ntext", Kind::text, Way::text},
    Type{"xml", Kind::text, Way::text, "CAST({} AS nvarchar(max))"},
    Type{"binary", Kind::bytes, Way::bytes},
    Type{"varbinary", Kind::bytes, Way::bytes},
    Type{"image", Kind::bytes, Way::bytes},
    Type{"timestamp", Kind::bytes, Way::bytes, "{}", 8},
    Type{"rowversion", Kind::bytes, Way::bytes, "{}", 8},
    Type{"hierarchyid", Kind::text, Way::text, "{}.ToString()"},
    Type{"geometry", Kind::text, Way::text, shape},
    Type{"geography", Kind::text, Way::text, shape},
};

// Without TEXTSIZE, FreeTDS would be sent the beginning of long values alone.
constexpr std::array<std::string_view, 6> session = {
    "SET QUOTED_IDENTIFIER ON", "SET ANSI_NULLS ON",      "SET ANSI_PADDING ON",
    "SET TEXTSIZE 2147483647",  "SET LOCK_TIMEOUT 60000", "SET DATEFORMAT ymd"};

constexpr std::array<std::string_view, 2> snapshot = {"SET TRANSACTION ISOLATION LEVEL SNAPSHOT",
                                                      "BEGIN TRANSACTION"};
constexpr std::array<std::string_view, 1> committed = {
    "SET TRANSACTION ISOLATION LEVEL READ COMMITTED"};

constexpr std::array positions = {
    Position{"rowversion", "SELECT CONVERT(varchar(18), MIN_ACTIVE_ROWVERSION(), 1)", true},
    Position{"lsn", "SELECT CONVERT(varchar(22), sys.fn_cdc_get_max_lsn(), 1)", true},
};

constexpr std::array errors = {
    // FreeTDS hands it on after 18456.
    NativeError{0, ErrorClass::refused, "check the database's name, and that the user may use it",
                "Cannot open database"},
    NativeError{18456, ErrorClass::refused, "check the user and the connection's \"password\""},
    NativeError{18452, ErrorClass::refused, "the server takes no logins with a password"},
    NativeError{4060, ErrorClass::refused,
                "check the database's name, and that the user may use it"},
    NativeError{916, ErrorClass::refused, "the user is none of the database"},
    NativeError{229, ErrorClass::denied, "grant the user SELECT on the table"},
    NativeError{230, ErrorClass::denied, "grant the user SELECT on the column"},
    NativeError{1205, ErrorClass::locked, "two transactions waited for each other; a retry helps"},
    NativeError{3958, ErrorClass::locked,
                "tempdb had no room for the rows' old state: give it more; a retry helps"},
    NativeError{3961, ErrorClass::locked, "the table was altered while it was read; a retry helps"},
    NativeError{3967, ErrorClass::locked,
                "tempdb had no room for the rows' old state: give it more; a retry helps"},
    NativeError{1222, ErrorClass::locked, "another session holds the table; end its transaction"},
    NativeError{3960, ErrorClass::locked, "the rows changed while they were read; a retry helps"},
    NativeError{1105, ErrorClass::full, "free space on the server's disk"},
    NativeError{17809, ErrorClass::down, "the server has no free connection"},
    NativeError{6005, ErrorClass::lost, "the server was stopped"},
    NativeError{596, ErrorClass::lost, "the session was killed"},
    NativeError{20002, ErrorClass::down, "check host, port and that the server runs"},
    NativeError{20003, ErrorClass::down, "the server did not answer in time"},
    NativeError{20004, ErrorClass::lost, ""},
    NativeError{20006, ErrorClass::lost, ""},
    NativeError{20009, ErrorClass::down, "check host, port and that the server runs"},
    NativeError{20017, ErrorClass::lost, ""},
    NativeError{20047, ErrorClass::lost, ""},
};

}  // namespace

const Dialect& sqlserver() {
  static constexpr Dialect made{
      .name = "sqlserver",
      .server = "SQL Server",
      .products = "microsoft sql server",
      .expressions = data::SqlDialect::sqlserver,
      .quote = "[]",
      .text_prefix = "N",
      .first_row = "SELECT TOP 1 {columns} FROM {from}{where}",
      .session = session,
      .catalog =
          {.current = "SELECT SCHEMA_NAME()",
           .relations = "SELECT s.name, o.name, CASE o.type WHEN 'V' THEN 'view' ELSE 'table' END "
                        "FROM sys.objects o JOIN sys.schemas s ON s.schema_id = o.schema_id WHERE "
                        "o.type IN ('U', 'V') AND o.is_ms_shipped = 0 ORDER BY s.name, o.name",
           .schemas =
               "SELECT DISTINCT s.name FROM sys.schemas s JOIN sys.objects o ON s.schema_id = "
               "o.schema_id WHERE o.type IN ('U', 'V') AND o.is_ms_shipped = 0 ORDER BY s.name",
           .table = "SELECT s.name, o.name, (SELECT SUM(p.rows) FROM sys.partitions p WHERE "
                    "p.object_id = o.object_id AND p.index_id IN (0, 1)) FROM sys.objects o JOIN "
                    "sys.schemas s ON s.schema_id = o.schema_id WHERE s.name = {schema} AND o.name "
                    "= {table} AND o.type IN ('U', 'V')",
           .columns =
               "SELECT c.name, CASE WHEN b.name IN ('decimal', 'numeric') THEN CONCAT(b.name, '(', "
               "c.precision, ',', c.scale, ')') WHEN b.name IN ('time', 'datetime2', "
               "'datetimeoffset') THEN CONCAT(b.name, '(', c.scale, ')') WHEN c.max_length = -1 "
               "AND b.name IN ('varchar', 'nvarchar', 'varbinary') THEN CONCAT(b.name, '(max)') "
               "WHEN b.name IN ('nchar', 'nvarchar') THEN CONCAT(b.name, '(', c.max_length / 2, "
               "')') WHEN b.name IN ('char', 'varchar', 'binary', 'varbinary') THEN CONCAT(b.name, "
               "'(', c.max_length, ')') ELSE coalesce(b.name, t.name) END, CAST(CASE WHEN b.name "
               "IN ('nchar', 'nvarchar', 'sysname') AND c.max_length > 0 THEN c.max_length / 2 "
               "WHEN b.name IN ('char', 'varchar') AND c.max_length > 0 THEN c.max_length END AS "
               "int), CASE c.is_nullable WHEN 0 THEN 'NO' ELSE 'YES' END, CASE c.is_computed WHEN "
               "0 THEN 'NO' ELSE 'YES' END FROM sys.columns c JOIN sys.objects o ON o.object_id = "
               "c.object_id JOIN sys.schemas s ON s.schema_id = o.schema_id JOIN sys.types t ON "
               "t.user_type_id = c.user_type_id LEFT JOIN sys.types b ON b.user_type_id = "
               "c.system_type_id WHERE s.name = {schema} AND o.name = {table} AND c.is_hidden = 0 "
               "ORDER BY c.column_id",
           .key =
               "SELECT c.name FROM sys.indexes i JOIN sys.index_columns k ON k.object_id = "
               "i.object_id AND k.index_id = i.index_id JOIN sys.columns c ON c.object_id = "
               "k.object_id AND c.column_id = k.column_id JOIN sys.objects o ON o.object_id = "
               "i.object_id JOIN sys.schemas s ON s.schema_id = o.schema_id WHERE i.is_primary_key "
               "= 1 AND s.name = {schema} AND o.name = {table} ORDER BY k.key_ordinal"},
      .types = types,
      .other = {.name = "", .kind = Kind::other},
      .reading =
          {.view = {.name = "snapshot", .sql = snapshot},
           .allowed =
               "SELECT snapshot_isolation_state FROM sys.databases WHERE database_id = DB_ID()",
           .otherwise = {.name = "read committed", .sql = committed},
           .advice = "snapshot isolation is off, so that a load sees the rows of several moments: "
                     "ALTER DATABASE … SET ALLOW_SNAPSHOT_ISOLATION ON"},
      .positions = positions,
      // A datetime is no datetime2 of the same digits: a bound is of the column's own type.
      .watermarks = {.date = "CAST({} AS date)",
                     .time = "CAST({} AS time)",
                     .timestamp = "CAST({} AS {type})",
                     .timestamptz = "CAST({} AS datetimeoffset)",
                     .offset = true,
                     .minus_seconds = "DATEADD(second, -{seconds}, {value})"},
      .errors = errors,
  };
  return made;
}

}  // namespace orch::odbc
