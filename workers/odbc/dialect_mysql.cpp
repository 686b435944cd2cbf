// MySQL and MariaDB through their ODBC drivers. Sources: MariaDB Server Documentation, MySQL 8.0
// Reference Manual.
#include <array>

#include "workers/odbc/dialect.h"

namespace orch::odbc {
namespace {

using data::ErrorClass;
using data::Kind;

// Zero dates and times beyond a day have no parts that a driver could hand out: the server spells
// them.
constexpr std::string_view spelled = "CAST({} AS CHAR)";
constexpr std::string_view shape = "ST_AsText({})";

constexpr std::array types = {
    Type{"tinyint", Kind::int16, Way::integer},
    Type{"tinyint unsigned", Kind::int16, Way::integer},
    Type{"smallint", Kind::int16, Way::integer},
    Type{"smallint unsigned", Kind::int32, Way::integer},
    Type{"mediumint", Kind::int32, Way::integer},
    Type{"mediumint unsigned", Kind::int32, Way::integer},
    Type{"int", Kind::int32, Way::integer},
    Type{"int unsigned", Kind::int64, Way::integer},
    Type{"integer", Kind::int32, Way::integer},
    Type{"integer unsigned", Kind::int64, Way::integer},
    Type{"bigint", Kind::int64, Way::integer},
    Type{"bigint unsigned", Kind::numeric, Way::text, spelled, 20, 0, false, 20},
    Type{"year", Kind::int16, Way::integer, "({} + 0)"},
    Type{"bit", Kind::int64, Way::integer, "({} + 0)", 0, 63},
    Type{"bit", Kind::numeric, Way::text, "CAST({} + 0 AS CHAR)", 20, 0, false, 20},
    Type{"decimal", Kind::numeric, Way::text, spelled, 68},
    Type{"decimal unsigned", Kind::numeric, Way::text, spelled, 68},
    // Printed, a FLOAT has six digits; the double it is made to has all of them.
    Type{"float", Kind::float32, Way::real, "({} + 0e0)"},
    Type{"float unsigned", Kind::float32, Way::real, "({} + 0e0)"},
    Type{"double", Kind::float64, Way::real},
    Type{"double unsigned", Kind::float64, Way::real},
    Type{"date", Kind::date, Way::text, spelled, 10},
    Type{"time", Kind::time, Way::text, spelled, 20},
    Type{"datetime", Kind::timestamp, Way::text, spelled, 30},
    Type{"timestamp", Kind::timestamptz, Way::text, spelled, 30},
    Type{"json", Kind::json, Way::text},
    Type{"uuid", Kind::uuid, Way::text, spelled, 36},
    Type{"binary", Kind::bytes, Way::bytes},
    Type{"varbinary", Kind::bytes, Way::bytes},
    Type{"tinyblob", Kind::bytes, Way::bytes, "{}", 255},
    Type{"blob", Kind::bytes, Way::bytes},
    Type{"mediumblob", Kind::bytes, Way::bytes},
    Type{"longblob", Kind::bytes, Way::bytes},
    Type{"geometry", Kind::text, Way::text, shape},
    Type{"point", Kind::text, Way::text, shape},
    Type{"linestring", Kind::text, Way::text, shape},
    Type{"polygon", Kind::text, Way::text, shape},
    Type{"multipoint", Kind::text, Way::text, shape},
    Type{"multilinestring", Kind::text, Way::text, shape},
    Type{"multipolygon", Kind::text, Way::text, shape},
    Type{"geometrycollection", Kind::text, Way::text, shape},
    Type{"geomcollection", Kind::text, Way::text, shape},
    Type{"char", Kind::text, Way::text},
    Type{"varchar", Kind::text, Way::text},
    Type{"tinytext", Kind::text, Way::text},
    Type{"text", Kind::text, Way::text},
    Type{"mediumtext", Kind::text, Way::text},
    Type{"longtext", Kind::text, Way::text},
    Type{"enum", Kind::text, Way::text, spelled},
    Type{"set", Kind::text, Way::text, spelled},
    Type{"inet4", Kind::text, Way::text, spelled, 15},
    Type{"inet6", Kind::text, Way::text, spelled, 45},
};

constexpr std::array<std::string_view, 1> session = {
    "SET SESSION sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES', time_zone = '+00:00', "
    "lock_wait_timeout = 60, innodb_lock_wait_timeout = 60, net_write_timeout = 3600, "
    "group_concat_max_len = 1048576"};

constexpr std::array<std::string_view, 2> snapshot = {
    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"};

constexpr std::array positions = {
    Position{"at",
             "SELECT concat(date_format(utc_timestamp(3), '%Y-%m-%dT%T.'), "
             "lpad(floor(microsecond(utc_timestamp(3)) / 1000), 3, '0'), 'Z')",
             false},
    Position{"gtid", "SELECT @@GLOBAL.gtid_binlog_pos", true},
};

constexpr std::array errors = {
    NativeError{1040, ErrorClass::down, "the server has no free connection"},
    NativeError{2002, ErrorClass::down, "check host, port and that the server runs"},
    NativeError{2003, ErrorClass::down, "check host, port and that the server runs"},
    NativeError{2005, ErrorClass::down, "check the host's name"},
    NativeError{1044, ErrorClass::refused, "grant the user SELECT on the database"},
    NativeError{1045, ErrorClass::refused, "check the user and the connection's \"password\""},
    NativeError{1049, ErrorClass::refused, "check the database's name: SHOW DATABASES lists them"},
    NativeError{1698, ErrorClass::refused, "the account has a way to log in that is no password"},
    NativeError{1053, ErrorClass::lost, "the server was stopped"},
    NativeError{1317, ErrorClass::lost, "the statement was killed"},
    NativeError{1927, ErrorClass::lost, "the session was killed"},
    NativeError{2006, ErrorClass::lost, ""},
    NativeError{2013, ErrorClass::lost, ""},
    NativeError{2055, ErrorClass::lost, ""},
    NativeError{1142, ErrorClass::denied, "grant the user SELECT on the table"},
    NativeError{1143, ErrorClass::denied, "grant the user SELECT on the column"},
    NativeError{1205, ErrorClass::locked, "another session holds the table; end its transaction"},
    NativeError{1213, ErrorClass::locked, "two transactions waited for each other; a retry helps"},
    NativeError{1412, ErrorClass::locked, "the table was altered while it was read; a retry helps"},
};

}  // namespace

const Dialect& mysql() {
  static constexpr Dialect made{
      .name = "mysql",
      .server = "MySQL",
      .products = "mysql,mariadb",
      .expressions = data::SqlDialect::mysql,
      .quote = "``",
      .first_row = "SELECT {columns} FROM {from}{where} LIMIT 1",
      .session = session,
      .catalog =
          {.current = "SELECT coalesce(database(), '')",
           .relations =
               "SELECT CASE WHEN {current} = '' THEN table_schema ELSE '' END, table_name, CASE "
               "table_type WHEN 'VIEW' THEN 'view' WHEN 'SYSTEM VERSIONED' THEN 'table with a "
               "history of its own' ELSE 'table' END FROM information_schema.tables WHERE "
               "(table_schema = {current} OR ({current} = '' AND table_schema NOT IN "
               "('information_schema', 'mysql', 'performance_schema', 'sys'))) AND table_type IN "
               "('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED') ORDER BY BINARY table_schema, BINARY "
               "table_name",
           .schemas =
               "SELECT schema_name FROM information_schema.schemata WHERE {current} = '' AND "
               "schema_name NOT IN ('information_schema', 'mysql', 'performance_schema', "
               "'sys') ORDER BY BINARY schema_name",
           .table = "SELECT table_schema, table_name, table_rows FROM information_schema.tables "
                    "WHERE table_schema = {schema} AND table_name = {table} ORDER BY BINARY "
                    "table_name = {table} DESC",
           .columns =
               "SELECT column_name, column_type, character_maximum_length, is_nullable, CASE "
               "WHEN extra LIKE '%GENERATED%' AND extra NOT LIKE '%DEFAULT_GENERATED%' THEN "
               "'YES' ELSE 'NO' END FROM information_schema.columns WHERE table_schema = "
               "{schema} AND table_name = {table} ORDER BY ordinal_position",
           .key = "SELECT column_name FROM information_schema.statistics WHERE table_schema = "
                  "{schema} AND table_name = {table} AND index_name = 'PRIMARY' ORDER BY "
                  "seq_in_index"},
      .types = types,
      .other = {.name = "", .kind = Kind::text, .way = Way::text, .select = spelled},
      .reading = {.view = {.name = "snapshot", .sql = snapshot}},
      .positions = positions,
      .watermarks = {.date = "{}",
                     .time = "{}",
                     .timestamp = "{}",
                     .timestamptz = "{}",
                     .minus_seconds = "CAST({value} AS DATETIME(6)) - INTERVAL {seconds} SECOND",
                     .odd_moment = "{} = '0000-00-00'"},
      .errors = errors,
  };
  return made;
}

}  // namespace orch::odbc
