// What the source says of tables, views and queries: tests/cases/mysql_types.json, and names of all
// sorts.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/case_file.h"
#include "tests/support/mariadb_server.h"
#include "tests/support/rows.h"

namespace orch {
namespace {

using testing::ElementsAre;
using Rows = std::vector<test::TextRow>;

const char* name_of(data::Kind kind) {
  constexpr const char* names[] = {"boolean",     "int16", "int32", "int64", "float32", "float64",
                                   "numeric",     "text",  "bytes", "date",  "time",    "timestamp",
                                   "timestamptz", "uuid",  "json",  "any",   "other"};
  return names[static_cast<std::size_t>(kind)];
}

std::int64_t number(const boost::json::object& one, const char* member) {
  const auto* value = one.if_contains(member);
  return value ? value->as_int64() : 0;
}

class MysqlTypes : public testing::TestWithParam<boost::json::object> {
 protected:
  test::MariadbServer& server_ = test::MariadbServer::shared();
};

TEST_P(MysqlTypes, HaveAKindInTablesAndInQueries) {
  const auto& one = GetParam();
  const std::string type(one.at("type").as_string());
  server_.run("DROP TABLE IF EXISTS typed; CREATE TABLE typed (v " + type + ")");
  const auto source = mysql::open_source(server_.settings());
  const auto column = source->describe({{"", "typed"}, ""}).columns.at(0);
  const auto* native = one.if_contains("native");
  EXPECT_EQ(column.native.shown(), native ? std::string(native->as_string()) : type);
  EXPECT_EQ(name_of(column.kind), one.at("kind").as_string());
  EXPECT_EQ(column.precision, number(one, "precision"));
  EXPECT_EQ(column.scale, number(one, "scale"));
  EXPECT_EQ(column.length, number(one, "length"));
  const auto queried = source->describe({{}, "SELECT v AS w FROM typed"}).columns.at(0);
  EXPECT_EQ(queried.name, "w");
  EXPECT_EQ(queried.kind, column.kind) << queried.native.shown();
  EXPECT_EQ(queried.scale, column.scale) << queried.native.shown();
}

INSTANTIATE_TEST_SUITE_P(Cases, MysqlTypes, testing::ValuesIn(test::cases_in("mysql_types.json")),
                         [](const auto& one) { return test::case_name(one.param); });

class MysqlTables : public testing::Test {
 protected:
  MysqlTables() {
    for (const char* name : {"described", "odd``one", "other"}) server_.create_database(name);
  }

  test::MariadbServer& server_ = test::MariadbServer::shared();
};

TEST_F(MysqlTables, AreListedWithTheirDatabaseWhereTheUrlNamesNone) {
  server_.run(
      "CREATE TABLE b (id int); CREATE VIEW a AS SELECT * FROM b;"
      "CREATE TABLE h (id int) WITH SYSTEM VERSIONING; CREATE SEQUENCE s;"
      "CREATE TABLE `odd``one`.t (id int)",
      "described");
  const auto one = mysql::open_source(server_.settings("described"));
  std::vector<std::string> names;
  for (const auto& each : one->list()) names.push_back(each.kind + " " + each.name.display());
  EXPECT_THAT(names, ElementsAre("view a", "table b", "table with a history of its own h"));
  EXPECT_EQ(one->list()[0].taken, data::Listed::Taken::with_views);
  EXPECT_TRUE(one->schemas().empty());

  const auto all = mysql::open_source(server_.settings(""));
  EXPECT_THAT(all->schemas(), testing::IsSupersetOf({"described", "odd`one", "other", "test"}));
  names.clear();
  for (const auto& each : all->list())
    if (each.name.schema == "odd`one" || each.name.schema == "described")
      names.push_back(each.name.display());
  EXPECT_THAT(names, ElementsAre("described.a", "described.b", "described.h", "odd`one.t"));
  EXPECT_EQ(all->describe({{"odd`one", "t"}, ""}).columns.at(0).name, "id");
}

TEST_F(MysqlTables, HaveTheirKeyColumnsAndEstimate) {
  server_.run(
      "CREATE TABLE t (a int NOT NULL, b varchar(9) NOT NULL, c int AS (a + 1), d int INVISIBLE, "
      "PRIMARY KEY (b, a), UNIQUE (a)); INSERT INTO t (a, b) SELECT seq, seq FROM seq_1_to_1000; "
      "ANALYZE TABLE t",
      "described");
  const auto table = mysql::open_source(server_.settings("described"))->describe({{"", "t"}, ""});
  EXPECT_THAT(table.key, ElementsAre("b", "a"));
  ASSERT_EQ(table.columns.size(), 4u);
  EXPECT_FALSE(table.columns[0].nullable);
  EXPECT_TRUE(table.columns[2].generated);
  EXPECT_FALSE(table.columns[3].generated);
  EXPECT_NEAR(static_cast<double>(table.estimated_rows.value_or(0)), 1000, 500);
}

TEST_F(MysqlTables, AndColumnsMayHaveAnyName) {
  const std::string table = "a`b'c\"d\\ é表";
  const std::string column = "x`y'z\"; -- \\";
  server_.run(
      "CREATE TABLE `a``b'c\"d\\ é表` (`x``y'z\"; -- \\` int PRIMARY KEY, `select` text);"
      "INSERT INTO `a``b'c\"d\\ é表` VALUES (7, 'back\\\\slash');"
      "CREATE TABLE `A``B'C\"D\\ É表` (other int)",
      "described");
  const auto source = mysql::open_source(server_.settings("described"));
  const auto found = source->describe({{"", table}, ""});
  EXPECT_EQ(found.name.name, table);
  EXPECT_EQ(found.columns.at(0).name, column);
  EXPECT_THAT(found.key, ElementsAre(column));
  EXPECT_EQ(test::read_table(*source, table), (Rows{{"7", "back\\slash"}}));
  EXPECT_FALSE(source->empty({{"", table}, ""}));
  EXPECT_EQ(source->high_watermark({{"", table}, ""}, column, ""), "7");
}

TEST_F(MysqlTables, ConditionsAndQueriesAreTheAuthorsSql) {
  server_.run("CREATE TABLE t (a int, `b c` text); INSERT INTO t VALUES (1, 'x\\\\'), (2, 'it''s')",
              "described");
  const auto source = mysql::open_source(server_.settings("described"));
  data::ReadRequest request;
  request.from.table.name = "t";
  request.columns = {"A"};
  request.where = R"("b c" = 'it''s' # the second)";
  EXPECT_EQ(test::read_all(*source, request), (Rows{{"2"}}));
  request.where = R"(`b c` = 'x\')";
  EXPECT_EQ(test::read_all(*source, request), (Rows{{"1"}}));
  request.where.clear();
  request.from = {{}, "SELECT a * 2 AS a FROM t WHERE a = 2"};
  EXPECT_EQ(test::read_all(*source, request), (Rows{{"4"}}));
}

}  // namespace
}  // namespace orch
