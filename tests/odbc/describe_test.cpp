// What a server says about its tables, by the queries of its dialect and by the driver.
#include "tests/odbc/with_odbc.h"

namespace orch::test {
namespace {

using data::Kind;
using testing::ElementsAre;

std::vector<std::string> names_of(const data::Table& table) {
  std::vector<std::string> names;
  for (const auto& column : table.columns) names.push_back(column.name);
  return names;
}

class OdbcDescribes : public ThroughOdbc {};

TEST_P(OdbcDescribes, TablesViewsKeysAndColumns) {
  run(std::string(engine() == "mysql" ? "SET sql_mode = 'ANSI_QUOTES'; " : "") +
      "CREATE TABLE b (x integer NOT NULL, \"Größe ü\" numeric(12,2), note varchar(10), PRIMARY "
      "KEY "
      "(note, x)); CREATE VIEW v AS SELECT x FROM b");
  const auto source = open();
  EXPECT_EQ(source->engine(), engine());
  const auto listed = source->list();
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_EQ(listed[0].name.name, "b");
  EXPECT_EQ(listed[0].taken, data::Listed::Taken::always);
  EXPECT_EQ(listed[1].kind, "view");
  EXPECT_EQ(listed[1].taken, data::Listed::Taken::with_views);
  const auto table = source->describe({listed[0].name, ""});
  EXPECT_THAT(names_of(table), ElementsAre("x", "Größe ü", "note"));
  EXPECT_THAT(table.key, ElementsAre("note", "x"));
  EXPECT_FALSE(table.columns[0].nullable);
  EXPECT_EQ(table.columns[1].kind, Kind::numeric);
  EXPECT_EQ(table.columns[1].precision, 12);
  EXPECT_EQ(table.columns[1].scale, 2);
  EXPECT_EQ(table.columns[2].length, 10);
}

TEST_P(OdbcDescribes, QueriesWithoutRunningThem) {
  run("CREATE TABLE t (id integer PRIMARY KEY, note varchar(10)); INSERT INTO t VALUES (1, 'ä')");
  const auto source = open();
  const auto table = source->describe({{}, "SELECT note AS n, id FROM t WHERE id > 0"});
  EXPECT_THAT(names_of(table), ElementsAre("n", "id"));
  data::ReadRequest request;
  request.from.query = "SELECT note AS n, id FROM t WHERE id > 0";
  request.columns = {"id", "n"};
  EXPECT_THAT(read_all(*source, request), ElementsAre(ElementsAre("1", "ä")));
}

TEST_P(OdbcDescribes, NoTableThatIsNotThere) {
  run("CREATE TABLE orders (id integer)");
  const auto source = open();
  std::string message;
  EXPECT_EQ(error_of(
                [&] {
                  source->describe({{"", "order"}, ""});
                },
                &message),
            "Source.TableMissing");
  EXPECT_THAT(message, testing::HasSubstr("orders"));
}

// Of a server that nothing is known of, the driver tells the tables and their types.
TEST_P(OdbcDescribes, ByTheDriverAlone) {
  run("CREATE TABLE t (id integer PRIMARY KEY, amount numeric(12,2), note varchar(10), at date)");
  run("INSERT INTO t VALUES (1, -12.5, 'aé😀', '2026-01-31'), (2, NULL, '', NULL)");
  auto settings = this->settings();
  settings.dialect = "generic";
  const auto source = odbc::open_source(settings);
  const auto listed = source->list();
  ASSERT_EQ(listed.size(), 1u);
  const auto table = source->describe({listed[0].name, ""});
  EXPECT_THAT(names_of(table), ElementsAre("id", "amount", "note", "at"));
  EXPECT_THAT(table.key, ElementsAre("id"));
  EXPECT_EQ(table.columns[0].kind, Kind::int32);
  EXPECT_EQ(table.columns[3].kind, Kind::date);
  data::ReadRequest request;
  request.from.table = listed[0].name;
  request.columns = {"note", "id", "at"};
  EXPECT_THAT(read_all(*source, request), ElementsAre(ElementsAre("aé😀", "1", "2026-01-31"),
                                                      ElementsAre("", "2", std::nullopt)));
}

INSTANTIATE_TEST_SUITE_P(Engines, OdbcDescribes, testing::Values("mysql", "postgresql", "sqlite"),
                         engine_name);

}  // namespace
}  // namespace orch::test
