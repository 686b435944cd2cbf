// Every type with its extremes: byte-equal on arrival, or a loud refusal before anything changes.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/postgres/pair.h"
#include "tests/support/case_file.h"

namespace orch {
namespace {

using boost::json::object;
using test::pg_rows;
using test::pg_run;
using test::pg_value;

std::string text(const object& one, const char* member, const std::string& otherwise = {}) {
  const auto* value = one.if_contains(member);
  return value ? std::string(value->as_string()) : otherwise;
}

/// The SQL that makes the table t of a case.
std::string setup_of(const object& one) {
  if (one.contains("sql")) return text(one, "sql");
  const auto columns = one.contains("type") ? "v " + text(one, "type") : text(one, "columns");
  auto sql = text(one, "prepare") + ";CREATE TABLE t (id integer PRIMARY KEY, " + columns + ");";
  int id = 0;
  for (const auto& values : one.at("values").as_array())
    sql +=
        fmt::format("INSERT INTO t VALUES ({}, {});", ++id, std::string_view(values.as_string()));
  return sql;
}

/// Names and types of the columns, as PostgreSQL spells them; a domain counts as its base type.
std::vector<test::PgRow> shape(const std::string& url) {
  return pg_rows(url,
                 "SELECT attname, CASE WHEN typtype = 'd' THEN format_type(typbasetype, typtypmod) "
                 "ELSE format_type(atttypid, atttypmod) END "
                 "FROM pg_attribute JOIN pg_type t ON t.oid = atttypid "
                 "WHERE attrelid = 't'::regclass AND attnum > 0 AND NOT attisdropped "
                 "ORDER BY attnum");
}

int count_relations(const std::string& url) {
  return std::stoi(pg_value(url,
                            "SELECT count(*) FROM pg_class c JOIN pg_namespace n "
                            "ON n.oid = relnamespace WHERE nspname IN ('public', 'orch_stage')"));
}

class Types : public testing::TestWithParam<object> {
 protected:
  void SetUp() override {
    const auto since = GetParam().contains("since") ? GetParam().at("since").as_int64() : 0;
    if (std::stol(pg_value(pair_.from, "SHOW server_version_num")) < since)
      GTEST_SKIP() << "an older server";
    pg_run(pair_.from, setup_of(GetParam()));
    // Types of the user are not copied: they must be there.
    pg_run(pair_.to, text(GetParam(), "prepare", "SELECT"));
  }

  void expect_arrived() {
    const auto rows = text(GetParam(), "compare", "SELECT t::text FROM t ORDER BY 1");
    EXPECT_EQ(pg_rows(pair_.to, rows), pg_rows(pair_.from, rows));
    EXPECT_EQ(shape(pair_.to), shape(pair_.from));
    EXPECT_EQ(pg_value(pair_.to, "SELECT count(*) FROM orch.load"), "0");
  }

  test::Pair pair_;
};

TEST_P(Types, ArriveUnchangedOrAreRefused) {
  std::string message;
  const auto error =
      test::error_of([&] { pair_.replication().replicate(test::entry_of("t")); }, &message);
  if (error == "no failure") {
    expect_arrived();
    // Once more, now into the table that stands there.
    pair_.replication().replicate(test::entry_of("t"));
    expect_arrived();
    return;
  }
  EXPECT_TRUE(GetParam().contains("refusable")) << error << ": " << message;
  EXPECT_THAT(error, testing::AnyOf("Type.Unsupported", "Schema.Mismatch"));
  EXPECT_THAT(message, testing::HasSubstr("t"));
  EXPECT_EQ(count_relations(pair_.to), 0);
}

INSTANTIATE_TEST_SUITE_P(Cases, Types, testing::ValuesIn(test::cases_in("postgres_types.json")),
                         [](const auto& instance) { return test::case_name(instance.param); });

/// The same tables when the target has never heard of their types.
class TypesOfUsers : public testing::TestWithParam<object> {};

TEST_P(TypesOfUsers, AreMadeInTheTargetOrRefused) {
  test::Pair pair;
  pg_run(pair.from, setup_of(GetParam()));
  std::string message;
  const auto error =
      test::error_of([&] { pair.replication().replicate(test::entry_of("t")); }, &message);
  if (error != "no failure") {
    EXPECT_TRUE(GetParam().contains("refusable")) << error << ": " << message;
    EXPECT_EQ(error, "Type.Unsupported");
    EXPECT_EQ(count_relations(pair.to), 0);
    return;
  }
  EXPECT_EQ(pg_rows(pair.to, "SELECT t::text FROM t ORDER BY 1"),
            pg_rows(pair.from, "SELECT t::text FROM t ORDER BY 1"));
  EXPECT_EQ(shape(pair.to), shape(pair.from));
  EXPECT_EQ(pg_value(pair.to,
                     "SELECT count(*) FROM pg_type WHERE typtype = 'd' AND typnamespace = "
                     "'public'::regnamespace"),
            "0");
  pair.replication().replicate(test::entry_of("t"));
}

std::vector<object> cases_with_types() {
  auto cases = test::cases_in("postgres_types.json");
  std::erase_if(cases, [](const object& one) { return !one.contains("prepare"); });
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Cases, TypesOfUsers, testing::ValuesIn(cases_with_types()),
                         [](const auto& instance) { return test::case_name(instance.param); });

TEST(UserTypes, ComeWithTheirSchemaAndModifiers) {
  test::Pair pair;
  const std::string label =
      "CREATE SCHEMA IF NOT EXISTS app;"
      "CREATE TYPE app.label;"
      "CREATE FUNCTION app.label_in(cstring, oid, int4) RETURNS app.label LANGUAGE internal "
      "IMMUTABLE STRICT AS 'varcharin';"
      "CREATE FUNCTION app.label_out(app.label) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT "
      "AS 'varcharout';"
      "CREATE FUNCTION app.label_mod(cstring[]) RETURNS int4 LANGUAGE internal IMMUTABLE STRICT AS "
      "'varchartypmodin';"
      "CREATE FUNCTION app.label_mod_out(int4) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT "
      "AS 'varchartypmodout';"
      "CREATE TYPE app.label (INPUT = app.label_in, OUTPUT = app.label_out, TYPMOD_IN = "
      "app.label_mod, TYPMOD_OUT = app.label_mod_out, LIKE = varchar);";
  for (const auto& url : {pair.from, pair.to}) pg_run(url, "DROP SCHEMA IF EXISTS app CASCADE");
  pg_run(pair.from, label);
  pg_run(pair.to, label);
  pg_run(pair.from,
         "CREATE TYPE app.\"Mood of.\\day\" AS ENUM ('a''b', 'c\\d');"
         "CREATE DOMAIN app.short AS app.label(3) DEFAULT 'x'::app.label NOT NULL;"
         "CREATE TYPE app.both AS (mood app.\"Mood of.\\day\"[], n numeric(5,2));"
         "CREATE TABLE t (id integer PRIMARY KEY, l app.label(7), ls app.label(7)[], b app.both, d "
         "app.both[], s app.short);"
         "INSERT INTO t VALUES (1, 'seven', '{a,b}', ROW(ARRAY['a''b', 'c\\d']::app.\"Mood "
         "of.\\day\"[], 1.50), NULL, 'abc')");
  pair.replication().replicate(test::entry_of("t"));
  EXPECT_EQ(pg_rows(pair.to, "SELECT t::text FROM t"), pg_rows(pair.from, "SELECT t::text FROM t"));
  EXPECT_EQ(shape(pair.to), shape(pair.from));
  for (const auto& url : {pair.from, pair.to}) pg_run(url, "DROP SCHEMA app CASCADE");
}

TEST(UserTypes, OfExtensionsArriveWhereTheExtensionIs) {
  test::Pair pair;
  const auto extensions = "CREATE EXTENSION hstore; CREATE EXTENSION citext";
  pg_run(pair.from, extensions);
  pg_run(
      pair.from,
      "CREATE TABLE t (id integer PRIMARY KEY, h hstore, c citext, hs hstore[]);"
      "INSERT INTO t VALUES (1, 'a=>1, b=>NULL, \"c d\"=>\"\"', 'AbC', ARRAY[''::hstore, NULL]), "
      "(2, NULL, NULL, NULL)");
  std::string message;
  EXPECT_EQ(test::error_of([&] { pair.replication().stage(test::entry_of("t")); }, &message),
            "Type.Unsupported");
  EXPECT_THAT(message, testing::AllOf(testing::HasSubstr("hstore"), testing::HasSubstr("citext")));
  EXPECT_EQ(count_relations(pair.to), 0);
  pg_run(pair.to, extensions);
  auto target = postgres::open_target({pair.server.conninfo(pair.to_name), "to"});
  test::Replication(pair.source(), *target).replicate(test::entry_of("t"));
  EXPECT_EQ(pg_rows(pair.to, "SELECT t::text FROM t ORDER BY 1"),
            pg_rows(pair.from, "SELECT t::text FROM t ORDER BY 1"));
  EXPECT_EQ(shape(pair.to), shape(pair.from));
}

TEST(UserTypes, OfExtensionsMayBeInAnotherSchema) {
  test::Pair pair;
  pg_run(pair.from, "CREATE EXTENSION hstore; CREATE EXTENSION citext");
  pg_run(pair.from,
         "CREATE DOMAIN email AS citext CHECK (VALUE LIKE '%@%');"
         "CREATE TABLE t (id integer PRIMARY KEY, h hstore, hs hstore[], c citext, e email);"
         "INSERT INTO t VALUES (1, 'a=>1, b=>NULL', ARRAY['x=>y'::hstore], 'AbC', 'X@y')");
  pg_run(pair.to,
         "DROP SCHEMA IF EXISTS extensions CASCADE; CREATE SCHEMA extensions;"
         "CREATE EXTENSION hstore SCHEMA extensions; CREATE EXTENSION citext SCHEMA extensions");
  for (int twice = 0; twice < 2; ++twice) pair.replication().replicate(test::entry_of("t"));
  EXPECT_EQ(pg_rows(pair.to, "SELECT t::text FROM t"), pg_rows(pair.from, "SELECT t::text FROM t"));
  EXPECT_EQ(pg_value(pair.to, "SELECT pg_typeof(h)::text || ' ' || pg_typeof(e)::text FROM t"),
            "extensions.hstore extensions.citext");
  pg_run(pair.to, "DROP SCHEMA extensions CASCADE");
}

TEST(UserTypes, ThatAreMadeOtherwiseAreRefused) {
  test::Pair pair;
  pg_run(pair.from,
         "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TYPE pair AS (a integer, b text);"
         "CREATE TABLE t (a mood, b pair, c integer)");
  pg_run(pair.to, "CREATE TYPE mood AS ENUM ('ok'); CREATE TYPE pair AS (b text, a integer)");
  std::string message;
  EXPECT_EQ(test::error_of([&] { pair.replication().stage(test::entry_of("t")); }, &message),
            "Type.Unsupported");
  EXPECT_THAT(message, testing::AllOf(testing::HasSubstr("type public.pair is (b text, a integer)"),
                                      testing::HasSubstr("the source's (a integer, b text)")));
  EXPECT_EQ(count_relations(pair.to), 1) << "more than the type pair";
}

// Staged at the same time, tables must not share a staging table.
TEST(Names, OfStagingTablesAreUnique) {
  test::Pair pair;
  const std::string long_name(60, 'n');
  const std::vector<data::TableName> targets = {{"a.b", "c"},
                                                {"a", "b.c"},
                                                {"public", long_name + "ü"},
                                                {"public", long_name + "ö"},
                                                {"ünï", std::string("ü") + std::string(58, 'x')},
                                                {"ünï", std::string(58, 'x')}};
  pg_run(pair.from, "CREATE TABLE t (id integer PRIMARY KEY)");
  for (const auto& target : targets) {
    auto entry = test::entry_of("t");
    entry.target = target;
    pair.replication().stage(entry);
  }
  EXPECT_EQ(pg_value(pair.to, "SELECT count(*) FROM pg_tables WHERE schemaname = 'orch_stage'"),
            std::to_string(targets.size()));
}

TEST(WideTables, FourHundredColumnsArrive) {
  test::Pair pair;
  pg_run(pair.from,
         "DO $$ BEGIN EXECUTE (SELECT 'CREATE TABLE t (' || string_agg(format('c%s %s', g, "
         "(ARRAY['integer', 'text', 'numeric(9,2)', 'timestamptz', 'boolean'])[g % 5 + 1]), ', ') "
         "|| ')' FROM generate_series(1, 400) g); END $$;"
         "INSERT INTO t (c1, c2, c3, c4, c5) SELECT md5(g::text), g, now(), true, g "
         "FROM generate_series(1, 50) g");
  pair.replication().replicate(test::entry_of("t"));
  EXPECT_EQ(pg_rows(pair.to, "SELECT t::text FROM t ORDER BY 1"),
            pg_rows(pair.from, "SELECT t::text FROM t ORDER BY 1"));
  EXPECT_EQ(shape(pair.to), shape(pair.from));
}

TEST(Parts, OfALargeTableArriveTogether) {
  test::Pair pair;
  pg_run(pair.from,
         "CREATE TABLE t (id bigint PRIMARY KEY, v text); "
         "INSERT INTO t SELECT g, md5(g::text) FROM generate_series(1, 50000) g");
  auto entry = test::entry_of("t");
  entry.parts = 4;
  const auto load = pair.replication().stage(entry);
  EXPECT_EQ(load.at("parts"), 4);
  EXPECT_EQ(load.at("rows"), 50000);
  pair.replication().verify(entry, load);
  pair.replication().merge(entry, load);
  pair.replication().reconcile(entry);
  const auto all = "SELECT count(*), sum(hashtextextended(t::text, 0)) FROM t";
  EXPECT_EQ(pg_rows(pair.to, all), pg_rows(pair.from, all));
}

// Names are data: whatever they hold reaches SQL quoted.
TEST(Names, CannotEndAStatement) {
  test::Pair pair;
  pg_run(pair.to, "CREATE TABLE victim (v int)");
  for (const std::string name :
       {"x\"; DROP TABLE victim; --", "x'; DROP TABLE victim; --", "a.b", "$1", "ünï cöde 表",
        "UPPER lower", "back\\slash", "%s{}", "orch_stage",
        "a_name_of_sixty_three_bytes_is_as_long_as_postgresql_names_gooo"}) {
    std::string quoted;
    for (const char c : name) quoted += c == '"' ? "\"\"" : std::string(1, c);
    pg_run(pair.from, "CREATE TABLE \"" + quoted + "\" (\"" + quoted +
                          "\" integer PRIMARY KEY); INSERT INTO \"" + quoted +
                          "\" VALUES (1), (2)");
    for (int twice = 0; twice < 2; ++twice) pair.replication().replicate(test::entry_of(name));
    EXPECT_EQ(pg_value(pair.to, "SELECT sum(\"" + quoted + "\") FROM \"" + quoted + "\""), "3");
  }
  EXPECT_EQ(pg_value(pair.to, "SELECT count(*) FROM victim"), "0");
}

}  // namespace
}  // namespace orch
