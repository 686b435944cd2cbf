// PostgreSQL through psqlODBC. Source: PostgreSQL 15, "System Catalogs", "SET TRANSACTION".
#include <array>

#include "workers/odbc/dialect.h"

namespace orch::odbc {
namespace {

using data::ErrorClass;
using data::Kind;

// The server's own spelling keeps infinities, years before Christ and 24:00.
constexpr std::string_view spelled = "CAST({} AS text)";

constexpr std::array types = {
    Type{"bool", Kind::boolean, Way::integer, "CAST({} AS int)"},
    Type{"int2", Kind::int16, Way::integer},
    Type{"int4", Kind::int32, Way::integer},
    Type{"int8", Kind::int64, Way::integer},
    Type{"float4", Kind::float32, Way::text, spelled, 24},
    Type{"float8", Kind::float64, Way::text, spelled, 32},
    Type{"numeric", Kind::numeric, Way::text, spelled},
    Type{"varchar", Kind::text, Way::text},
    Type{"bpchar", Kind::text, Way::text},
    Type{"text", Kind::text, Way::text},
    Type{"name", Kind::text, Way::text, spelled, 63},
    Type{"bytea", Kind::bytes, Way::bytes},
    Type{"date", Kind::date, Way::text, spelled, 16},
    Type{"time", Kind::time, Way::text, spelled, 16},
    Type{"timestamp", Kind::timestamp, Way::text, spelled, 36},
    Type{"timestamptz", Kind::timestamptz, Way::text, spelled, 36},
    Type{"uuid", Kind::uuid, Way::text, spelled, 36},
    Type{"json", Kind::json, Way::text, spelled},
    Type{"jsonb", Kind::json, Way::text, spelled},
};

constexpr std::array<std::string_view, 3> session = {
    "SET DateStyle = 'ISO, YMD'", "SET TimeZone = 'UTC'", "SET standard_conforming_strings = on"};

constexpr std::array<std::string_view, 1> snapshot = {
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"};

constexpr std::array positions = {
    Position{"at", "SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')",
             false},
    Position{"lsn",
             "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE "
             "pg_current_wal_lsn() END",
             false},
};

// psqlODBC has no numbers of the server: the states tell.
constexpr std::array errors = {
    NativeError{0, ErrorClass::refused, "check the user and the connection's \"password\"",
                "authentication failed"},
    NativeError{0, ErrorClass::refused, "check the user and the connection's \"password\"",
                "no password supplied"},
    NativeError{0, ErrorClass::lost, "the server was stopped, or the session was killed",
                "terminating connection"},
    NativeError{0, ErrorClass::down, "the server is starting or stopping",
                "the database system is"},
    NativeError{0, ErrorClass::down, "the server has no free connection", "connection slots"},
    NativeError{0, ErrorClass::refused, "check the user and the database", "FATAL:"},
    NativeError{0, ErrorClass::lost, "", "server closed the connection"},
    NativeError{101, ErrorClass::down, "check host, port and that the server runs"},
};

}  // namespace

const Dialect& postgresql() {
  static constexpr Dialect made{
      .name = "postgresql",
      .server = "PostgreSQL",
      .products = "postgresql",
      .expressions = data::SqlDialect::postgresql,
      .first_row = "SELECT {columns} FROM {from}{where} LIMIT 1",
      .session = session,
      .catalog =
          {.current = "SELECT coalesce(current_schema(), '')",
           .relations =
               "SELECT n.nspname, c.relname, CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN "
               "'materialized view' WHEN 'f' THEN 'foreign table' ELSE 'table' END FROM "
               "pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
               "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND "
               "n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'orch') ORDER BY "
               "n.nspname COLLATE \"C\", c.relname COLLATE \"C\"",
           .schemas = "SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_' AND "
                      "nspname NOT IN ('information_schema', 'orch') ORDER BY nspname COLLATE "
                      "\"C\"",
           .table = "SELECT n.nspname, c.relname, CASE WHEN c.reltuples >= 0 AND c.relkind IN "
                    "('r', 'p', 'm') THEN CAST(c.reltuples AS bigint) END FROM "
                    "pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = "
                    "c.relnamespace WHERE n.nspname = {schema} AND c.relname = {table} AND "
                    "c.relkind IN ('r', 'p', 'v', 'm', 'f')",
           .columns =
               "SELECT a.attname, CASE WHEN b.typname = 'numeric' AND m.mod > 4 THEN b.typname || "
               "'(' || ((m.mod - 4) >> 16) || ',' || ((((m.mod - 4) & 2047) # 1024) - 1024) || ')' "
               "WHEN b.typname IN ('varchar', 'bpchar') AND m.mod > 4 THEN b.typname || '(' || "
               "(m.mod - 4) || ')' ELSE b.typname END, CASE WHEN b.typname IN ('varchar', "
               "'bpchar') AND m.mod > 4 THEN m.mod - 4 END, CASE WHEN a.attnotnull THEN 'NO' ELSE "
               "'YES' END, CASE WHEN a.attgenerated <> '' THEN 'YES' ELSE 'NO' END FROM "
               "pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN "
               "pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_type t ON "
               "t.oid = a.atttypid JOIN pg_catalog.pg_type b ON b.oid = CASE WHEN t.typtype = 'd' "
               "THEN t.typbasetype ELSE t.oid END CROSS JOIN LATERAL (SELECT CASE WHEN t.typtype = "
               "'d' THEN t.typtypmod ELSE a.atttypmod END AS mod) m WHERE n.nspname = {schema} AND "
               "c.relname = {table} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
           .key = "SELECT a.attname FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid "
                  "= i.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace CROSS "
                  "JOIN LATERAL unnest(CAST(i.indkey AS int2[])) WITH ORDINALITY k(num, place) "
                  "JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.num WHERE "
                  "i.indisprimary AND n.nspname = {schema} AND c.relname = {table} ORDER BY "
                  "k.place"},
      .types = types,
      .other = {.name = "", .kind = Kind::text, .way = Way::text, .select = spelled},
      .reading = {.manual = true, .view = {.name = "snapshot", .sql = snapshot}},
      .positions = positions,
      .watermarks = {.date = "CAST({} AS date)",
                     .time = "CAST({} AS time)",
                     .timestamp = "CAST({} AS timestamp)",
                     .timestamptz = "CAST({} AS timestamptz)",
                     .offset = true,
                     .minus_seconds = "{value} - interval '{seconds} seconds'",
                     .odd_moment = "{} IN ('infinity', '-infinity')",
                     .odd_number = "CAST({} AS text) IN ('NaN', 'Infinity', '-Infinity')"},
      .errors = errors,
  };
  return made;
}

}  // namespace orch::odbc
