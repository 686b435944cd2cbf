// What administrators set for a role or a database changes neither what arrives nor how long it may
// take.
#include <array>
#include <string>

#include <gtest/gtest.h>

#include "tests/postgres/pair.h"

namespace orch {
namespace {

constexpr std::array settings = {
    "search_path = elsewhere",
    "DateStyle = 'German, DMY'",
    "IntervalStyle = sql_standard",
    "extra_float_digits = -15",
    "bytea_output = escape",
    "standard_conforming_strings = off",
    "TimeZone = 'Asia/Kathmandu'",
    "client_encoding = LATIN1",
    "lock_timeout = '1ms'",
    "statement_timeout = '20s'",
    "row_security = off",
    "default_transaction_isolation = serializable",
    "default_transaction_deferrable = on",
    "xmloption = document",
    "quote_all_identifiers = on",
    "array_nulls = off",
    "transform_null_equals = on",
};

TEST(RoleSettings, ChangeNothing) {
  test::Pair pair;
  test::pg_run(pair.server.url(),
               "DO $$ BEGIN CREATE ROLE odd LOGIN SUPERUSER; EXCEPTION WHEN duplicate_object THEN "
               "NULL; END $$");
  for (const auto* setting : settings)
    test::pg_run(pair.server.url(), std::string("ALTER ROLE odd SET ") + setting);
  test::pg_run(
      pair.from,
      "DROP TABLE IF EXISTS t; CREATE TABLE t (id int PRIMARY KEY, at timestamptz, d date, "
      "i interval, f float8, b bytea, s text, x xml, a text[]);"
      "INSERT INTO t VALUES (1, '2024-07-01 12:00+02', '2024-02-03', '1 day 2 hours', 0.1, "
      "'\\xdeadbeef', 'it''s \\ \u00e9', '<a/>x', '{NULL,\"NULL\"}')");
  test::pg_run(pair.to, "DROP TABLE IF EXISTS t");
  const auto source = postgres::open_source({pair.server.conninfo(pair.from_name, "odd"), "from"});
  const auto target = postgres::open_target({pair.server.conninfo(pair.to_name, "odd"), "to"});
  test::Replication replication(*source, *target);
  auto entry = test::entry_of("t");
  entry.source.table.schema = "public";
  for (const auto strategy : {data::Strategy::replace, data::Strategy::upsert}) {
    entry.strategy = strategy;
    test::pg_run(pair.from, "UPDATE t SET f = f + 0.2");
    replication.replicate(entry);
  }
  for (const auto& column : source->describe({{"public", "t"}, ""}).columns)
    EXPECT_NE(column.kind, data::Kind::any) << column.name;
  EXPECT_EQ(source->describe({{"public", "t"}, ""}).columns.at(2).kind, data::Kind::date);
  EXPECT_EQ(test::pg_rows(pair.to, "SELECT t::text FROM public.t"),
            test::pg_rows(pair.from, "SELECT t::text FROM t"));
}

}  // namespace
}  // namespace orch
