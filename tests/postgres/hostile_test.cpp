// A source that lies: nothing that it says is executed in a target.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/postgres/pair.h"
#include "tests/support/case_file.h"
#include "tests/support/postgres_proxy.h"
#include "workers/postgres/type_name.h"

namespace orch {
namespace {

using test::entry_of;
using test::error_of;
using test::pg_run;
using test::pg_value;
using testing::HasSubstr;

class TypeNames : public testing::TestWithParam<boost::json::object> {};

TEST_P(TypeNames, AreReadInPartsOrRefused) {
  const std::string text(GetParam().at("text").as_string());
  const auto* schema = GetParam().if_contains("schema");
  const auto type = postgres::TypeName::parse(
      text, schema ? std::string_view(schema->as_string()) : std::string_view("pg_catalog"));
  const auto& sql = GetParam().at("sql");
  ASSERT_EQ(type.has_value(), !sql.is_null());
  if (!type) return;
  EXPECT_EQ(type->sql(), std::string_view(sql.as_string()));
  const auto again = postgres::TypeName::parse(type->sql(), "");
  ASSERT_TRUE(again) << "its own spelling";
  EXPECT_EQ(again->sql(), type->sql());
}

INSTANTIATE_TEST_SUITE_P(Cases, TypeNames,
                         testing::ValuesIn(test::cases_in("postgres_type_names.json")),
                         [](const auto& instance) { return test::case_name(instance.param); });

class HostileSource : public testing::Test {
 protected:
  HostileSource() {
    // Whatever calls evil() or gets a statement of its own in leaves a trace.
    for (const auto& url : {pair_.from, pair_.to})
      pg_run(url,
             "CREATE TABLE victim (v integer); INSERT INTO victim VALUES (1);"
             "CREATE FUNCTION evil(v anyelement) RETURNS boolean LANGUAGE plpgsql AS "
             "$$ BEGIN DELETE FROM public.victim; RETURN true; END $$;"
             "CREATE FUNCTION evil() RETURNS integer LANGUAGE plpgsql AS "
             "$$ BEGIN DELETE FROM public.victim; RETURN 1; END $$");
    pg_run(pair_.from, "CREATE TABLE safe (id integer PRIMARY KEY)");
  }

  void expect_unharmed() {
    EXPECT_EQ(pg_value(pair_.to, "SELECT count(*) FROM victim"), "1");
    EXPECT_EQ(pg_value(pair_.to,
                       "SELECT count(*) FROM pg_constraint WHERE contypid <> 0 AND "
                       "connamespace = 'public'::regnamespace"),
              "0");
    EXPECT_EQ(pg_value(pair_.to,
                       "SELECT count(*) FROM pg_attrdef d JOIN pg_class c ON c.oid = "
                       "adrelid WHERE relnamespace = 'public'::regnamespace"),
              "0");
  }

  /// Replicates t from a server of whose answers each `original` is `lie`.
  std::string replicate_lies(const std::string& original, const std::string& lie,
                             std::string* message = nullptr) {
    test::PostgresProxy proxy(pair_.server.port(), [&](std::string_view field) {
      return field == original ? lie : std::string(field);
    });
    return error_of(
        [&] {
          auto source = postgres::open_source({proxy.conninfo(pair_.from_name), "from"});
          test::Replication(*source, pair_.target()).replicate(entry_of("t"));
        },
        message);
  }

  test::Pair pair_;
};

TEST_F(HostileSource, DomainsArriveAsTheirBaseTypes) {
  pg_run(pair_.from,
         "CREATE DOMAIN plain AS integer;"
         "CREATE DOMAIN checked AS varchar(9) DEFAULT evil()::text CHECK (evil(VALUE)) NOT NULL;"
         "CREATE DOMAIN outer_one AS checked CHECK (evil(VALUE));"
         "CREATE TYPE pair AS (a checked, b plain[]);"
         "CREATE TABLE t (id plain PRIMARY KEY, c checked, o outer_one, ps plain[], cs checked[], "
         "p pair);");
  // The checks run where the rows are written first, with the rights of the role that does that.
  pg_run(pair_.from,
         "INSERT INTO t VALUES (1, 'abc', 'o', '{1,NULL}', '{a,\"b c\"}', ROW('x', '{2}')),"
         "(2, 'def', 'p', NULL, '{}', NULL)");
  for (int twice = 0; twice < 2; ++twice) pair_.replication().replicate(entry_of("t"));
  const auto rows = "SELECT t::text FROM t ORDER BY 1";
  EXPECT_EQ(test::pg_rows(pair_.to, rows), test::pg_rows(pair_.from, rows));
  EXPECT_EQ(pg_value(pair_.to,
                     "SELECT string_agg(format_type(atttypid, atttypmod), ', ' ORDER BY "
                     "attnum) FROM pg_attribute WHERE attrelid = 't'::regclass AND "
                     "attnum > 0"),
            "integer, character varying(9), character varying(9), integer[], "
            "character varying(9)[], pair");
  EXPECT_EQ(pg_value(pair_.to,
                     "SELECT count(*) FROM pg_type WHERE typtype = 'd' AND "
                     "typnamespace = 'public'::regnamespace"),
            "0");
  expect_unharmed();
}

TEST_F(HostileSource, DomainsOfTheTargetTakeTheirBaseTypes) {
  pg_run(pair_.from,
         "CREATE DOMAIN small AS integer; CREATE TABLE t (id integer PRIMARY KEY, a small, b "
         "integer, s small[], i integer[]); INSERT INTO t VALUES (1, 2, 3, '{4,5}', '{6}')");
  pg_run(pair_.to,
         "CREATE DOMAIN tiny AS integer CHECK (VALUE < 100); CREATE TABLE t (id integer PRIMARY "
         "KEY, a tiny, b tiny, s tiny[], i tiny[])");
  pair_.replication().replicate(entry_of("t"));
  EXPECT_EQ(pg_value(pair_.to, "SELECT t::text FROM t"), "(1,2,3,\"{4,5}\",{6})");
  pg_run(pair_.from, "UPDATE t SET b = 100");
  EXPECT_NE(error_of([&] { pair_.replication().replicate(entry_of("t")); }), "no failure");
}

TEST_F(HostileSource, NamesAndLabelsAreQuoted) {
  pg_run(
      pair_.from,
      "CREATE SCHEMA \"s\"\"; DROP TABLE public.victim; --\";"
      "CREATE TYPE \"s\"\"; DROP TABLE public.victim; --\".\"e\"\"); DROP TABLE public.victim; "
      "--\" AS ENUM ('a''); DROP TABLE public.victim; --', 'b\\');"
      "CREATE TYPE \"c\"\"\" AS (\"a\"\" integer); DROP TABLE public.victim; --\" integer);"
      "CREATE TABLE t (\"id\"\" integer); DROP TABLE public.victim; --\" integer PRIMARY KEY, "
      "e \"s\"\"; DROP TABLE public.victim; --\".\"e\"\"); DROP TABLE public.victim; --\", c "
      "\"c\"\"\");"
      "INSERT INTO t VALUES (1, 'a''); DROP TABLE public.victim; --', ROW(2)), (2, 'b\\', NULL)");
  for (int twice = 0; twice < 2; ++twice) pair_.replication().replicate(entry_of("t"));
  const auto rows = "SELECT t::text FROM t ORDER BY 1";
  EXPECT_EQ(test::pg_rows(pair_.to, rows), test::pg_rows(pair_.from, rows));
  expect_unharmed();
  for (const auto& url : {pair_.from, pair_.to})
    pg_run(url, "DROP SCHEMA \"s\"\"; DROP TABLE public.victim; --\" CASCADE");
}

TEST_F(HostileSource, ATypeThatIsNoNameIsRefused) {
  pg_run(pair_.from,
         "CREATE TABLE t (id integer PRIMARY KEY, v bigint); INSERT INTO t VALUES (1, 2)");
  for (const std::string lie :
       {"int); DROP TABLE public.victim; --", "bigint DEFAULT evil()", "bigint CHECK (evil(v))",
        "bigint, w integer DEFAULT evil()", "nobody.knows", "unknown_type",
        "bigint GENERATED ALWAYS AS (evil()) STORED", "\"x", "pg_catalog.int8) AS x; --"}) {
    std::string message;
    EXPECT_EQ(replicate_lies("bigint", lie, &message), "Type.Unsupported") << lie;
    EXPECT_THAT(message, HasSubstr("v")) << lie;
    EXPECT_EQ(pg_value(pair_.to, "SELECT to_regclass('t')"), "NULL") << lie;
    expect_unharmed();
  }
  // Into a table that exists it would be the cast of a column.
  pg_run(pair_.to, "CREATE TABLE t (id integer PRIMARY KEY, v bigint)");
  EXPECT_EQ(replicate_lies("bigint", "bigint, evil()"), "Type.Unsupported");
  expect_unharmed();
}

TEST_F(HostileSource, PartsOfTypesAreOnlyParts) {
  pg_run(pair_.from,
         "CREATE TYPE mood AS ENUM ('label'); CREATE TYPE pair AS (attribute integer, b bigint);"
         "CREATE TABLE t (id integer PRIMARY KEY, m mood, p pair);"
         "INSERT INTO t VALUES (1, 'label', ROW(1, 2))");
  EXPECT_EQ(replicate_lies("bigint", "bigint); DROP TABLE public.victim; --"), "Type.Unsupported");
  for (const std::string original : {"label", "attribute", "mood", "pair", "public"}) {
    for (const std::string end : {"'", "\"", ""}) {
      replicate_lies(original, "x" + end + "); DROP TABLE public.victim; --");
      expect_unharmed();
    }
  }
  EXPECT_EQ(replicate_lies("public", "pg_catalog"), "Type.Unsupported");
  // Positions of columns that it does not have.
  for (const std::string positions : {"99999", "0", "-1", "2,,x", ""})
    replicate_lies("2", positions);
  expect_unharmed();
}

TEST_F(HostileSource, WhatItSaysIsShownAsText) {
  pg_run(pair_.from, "CREATE TABLE t (id integer PRIMARY KEY, v bigint)");
  std::string message;
  EXPECT_EQ(replicate_lies("bigint", "\x1b[2Jgone\x07", &message), "Type.Unsupported");
  EXPECT_EQ(message.find('\x1b'), std::string::npos);
  EXPECT_THAT(message, HasSubstr("?[2Jgone?"));
  EXPECT_EQ(replicate_lies("v", "not \xff UTF-8", &message), "Schema.Mismatch");
  EXPECT_EQ(message.find('\xff'), std::string::npos);
}

TEST_F(HostileSource, ConditionsAndQueriesAreOneAndOnlyRead) {
  pg_run(pair_.from,
         "CREATE TABLE t (id integer PRIMARY KEY); INSERT INTO t VALUES (1), (2);"
         "CREATE TABLE secret (id integer); INSERT INTO secret VALUES (3)");
  auto entry = entry_of("t");
  for (const std::string where :
       {"id = 1) UNION SELECT id FROM secret --", "true) UNION ALL (SELECT id FROM secret",
        "true; DELETE FROM victim", "id = $1", "id = 1 /*", "'"}) {
    entry.source = {};
    entry.source.table.name = "t";
    entry.where = where;
    EXPECT_EQ(error_of([&] { pair_.replication().stage(entry); }), "Source.QueryFailed") << where;
  }
  entry.where.clear();
  for (const std::string query :
       {"SELECT id FROM t) AS source, (SELECT 1", "SELECT id FROM t; DELETE FROM victim",
        "DELETE FROM victim RETURNING v", "SELECT id FROM t WHERE id = $1", "TABLE t /*"}) {
    entry.source = {{}, query};
    EXPECT_EQ(error_of([&] { pair_.replication().stage(entry); }), "Source.QueryFailed") << query;
  }
  entry.source = {};
  entry.source.table.name = "t";
  entry.where = "evil(id)";
  std::string message;
  EXPECT_EQ(error_of([&] { pair_.replication().stage(entry); }, &message), "Source.Denied");
  EXPECT_THAT(message, HasSubstr("read-only"));
  EXPECT_EQ(pg_value(pair_.from, "SELECT count(*) FROM victim"), "1");
}

TEST_F(HostileSource, ChecksAreOneConditionAndOnlyRead) {
  pg_run(pair_.from, "CREATE TABLE t (id integer PRIMARY KEY); INSERT INTO t VALUES (1), (2)");
  auto entry = entry_of("t");
  const auto load = pair_.replication().stage(entry);
  for (const std::string sql : {"id > 0) OR (true", "id > 0; DELETE FROM victim", "(id > 0"}) {
    entry.checks = {{"rule", data::Check::Type::sql, {}, 0, sql}};
    EXPECT_EQ(error_of([&] { pair_.replication().verify(entry, load); }), "Check.Invalid") << sql;
  }
  entry.checks = {{"rule", data::Check::Type::sql, {}, 0, "evil(id)"}};
  EXPECT_EQ(error_of([&] { pair_.replication().verify(entry, load); }), "Target.Denied");
  entry.checks = {{"rule", data::Check::Type::sql, {}, 0, "id > 0 -- all of them )"}};
  EXPECT_EQ(error_of([&] { pair_.replication().verify(entry, load); }), "no failure");
  expect_unharmed();
}

TEST_F(HostileSource, TheCatalogsTypeIsOneType) {
  pg_run(pair_.from, "CREATE TABLE t (id integer PRIMARY KEY); INSERT INTO t VALUES (1)");
  auto entry = entry_of("t");
  for (const std::string type :
       {"integer, evil()", "integer) ; DROP TABLE victim; --", "integer DEFAULT evil()"}) {
    entry.columns = {{"id", "id", type}};
    std::string message;
    EXPECT_EQ(error_of([&] { pair_.replication().stage(entry); }, &message), "Type.Unsupported");
    EXPECT_THAT(message, HasSubstr("not the name of one type"));
  }
  entry.columns = {{"id", "id", "INT8"}};
  pair_.replication().replicate(entry);
  EXPECT_EQ(pg_value(pair_.to, "SELECT pg_typeof(id) FROM t"), "bigint");
  expect_unharmed();
}

}  // namespace
}  // namespace orch
