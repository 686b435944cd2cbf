// Watermarks of PostgreSQL's types, and of SQLite's values that arrive as such.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/postgres/pair.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_folder.h"
#include "workers/sqlite/sqlite.h"

namespace orch {
namespace {

using data::Strategy;
using test::error_of;
using test::pg_run;
using test::pg_value;
using testing::HasSubstr;

catalog::Entry newer(Strategy strategy) {
  auto entry = test::entry_of("t", strategy);
  entry.watermark = "w";
  return entry;
}

class PostgresWatermarks : public testing::Test {
 protected:
  std::string load(const catalog::Entry& entry, std::string* message = nullptr) {
    auto& replication = pair_.replication();
    return error_of(
        [&] {
          staged_ = replication.stage(entry);
          replication.verify(entry, staged_);
          replication.merge(entry, staged_);
        },
        message);
  }
  std::string ids() {
    return pg_value(pair_.to, "SELECT string_agg(id::text, ',' ORDER BY id) FROM t");
  }

  test::Pair pair_;
  boost::json::object staged_;
};

struct Values {
  const char* name;
  const char* type;
  const char* first;  ///< values of w; the ids count from 1
  const char* later;
  const char* ids;  ///< in the target in the end
};

class PostgresValues : public PostgresWatermarks, public testing::WithParamInterface<Values> {};

TEST_P(PostgresValues, AreReadInTheirOwnOrder) {
  const auto& values = GetParam();
  pg_run(pair_.from, std::string("CREATE TABLE t (id serial PRIMARY KEY, w ") + values.type +
                         "); INSERT INTO t (w) VALUES " + values.first);
  ASSERT_EQ(load(newer(Strategy::append)), "no failure");
  pg_run(pair_.from, std::string("INSERT INTO t (w) VALUES ") + values.later);
  std::string message;
  EXPECT_EQ(load(newer(Strategy::append), &message), "no failure") << message;
  EXPECT_EQ(ids(), values.ids);
  EXPECT_EQ(load(newer(Strategy::append)), "no failure");
  EXPECT_EQ(staged_.at("rows"), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Types, PostgresValues,
    testing::Values(Values{"bigint", "bigint", "(9),(10)", "(11),(2)", "1,2,3"},
                    Values{"numeric", "numeric", "(1.10),(1.9)", "(1.91),(1.10)", "1,2,3"},
                    Values{"real", "float8", "(0.1),(0.3)", "(0.30000000000000004),(0.2)", "1,2,3"},
                    Values{"date", "date", "('2024-01-01')", "('2024-01-02'),('2023-12-31')",
                           "1,2"},
                    Values{"timestamp", "timestamp", "('2024-01-01 10:00:00.000001')",
                           "('2024-01-01 10:00:00.000002'),('2024-01-01 10:00')", "1,2"},
                    Values{"timestamptz", "timestamptz", "('2024-01-01 10:00+02')",
                           "('2024-01-01 08:30Z'),('2024-01-01 09:00+02')", "1,2"},
                    Values{"text", "text COLLATE \"C\"", "('a'),('b')", "('c'),('B')", "1,2,3"}),
    [](const auto& one) { return one.param.name; });

TEST_F(PostgresWatermarks, ValuesWithoutAPlaceInTheOrderAreRefused) {
  for (const auto* one : {"timestamp|'infinity'", "float8|'NaN'", "numeric|'Infinity'"}) {
    const std::string text(one);
    const auto type = text.substr(0, text.find('|'));
    pg_run(pair_.from, "DROP TABLE IF EXISTS t; CREATE TABLE t (id int PRIMARY KEY, w " + type +
                           "); INSERT INTO t VALUES (7, " + text.substr(text.find('|') + 1) + ")");
    std::string message;
    EXPECT_EQ(load(newer(Strategy::upsert), &message), "Watermark.NotComparable") << one;
    EXPECT_THAT(message, HasSubstr("such as id = 7")) << one;
  }
  pg_run(pair_.from, "DROP TABLE t; CREATE TABLE t (id int PRIMARY KEY, w json)");
  EXPECT_EQ(load(newer(Strategy::upsert)), "Watermark.NotComparable");
}

TEST_F(PostgresWatermarks, NullsAreRefusedOrReadEachTime) {
  pg_run(pair_.from,
         "CREATE TABLE t (id int PRIMARY KEY, w timestamp); INSERT INTO t VALUES "
         "(1, '2024-01-01'), (2, NULL)");
  auto entry = newer(Strategy::upsert);
  std::string message;
  EXPECT_EQ(load(entry, &message), "Watermark.Nulls");
  EXPECT_THAT(message, HasSubstr("t: 1 row has NULL in the watermark w"));
  entry.watermark_nulls = true;
  EXPECT_EQ(load(entry), "no failure");
  pg_run(pair_.from, "INSERT INTO t VALUES (3, NULL); UPDATE t SET w = '2024-02-01' WHERE id = 2");
  EXPECT_EQ(load(entry), "no failure");
  EXPECT_EQ(ids(), "1,2,3");
  EXPECT_EQ(pg_value(pair_.to, "SELECT w::date FROM t WHERE id = 2"), "2024-02-01");
}

TEST_F(PostgresWatermarks, AnOverlapFindsARowThatWasCommittedLate) {
  pg_run(pair_.from, "CREATE TABLE t (id serial PRIMARY KEY, w timestamptz DEFAULT now())");
  test::PgSession late(pair_.from);
  late.run("BEGIN; INSERT INTO t DEFAULT VALUES");
  pg_run(pair_.from, "INSERT INTO t DEFAULT VALUES");
  auto entry = newer(Strategy::upsert);
  entry.overlap.seconds = 600;
  ASSERT_EQ(load(entry), "no failure");
  late.run("COMMIT");
  ASSERT_EQ(load(entry), "no failure");
  EXPECT_EQ(ids(), "1,2");
}

TEST_F(PostgresWatermarks, AnOverlapOfNumbers) {
  pg_run(pair_.from,
         "CREATE TABLE t (id int PRIMARY KEY, w bigint); INSERT INTO t VALUES (1, 100)");
  auto entry = newer(Strategy::upsert);
  entry.overlap.number = "10";
  ASSERT_EQ(load(entry), "no failure");
  pg_run(pair_.from, "INSERT INTO t VALUES (2, 90), (3, 89)");
  ASSERT_EQ(load(entry), "no failure");
  EXPECT_EQ(ids(), "1,2");
}

TEST_F(PostgresWatermarks, TimestampsOfSqliteKeepTheirOrderWhateverTheTargetSpells) {
  const test::TempFolder folder;
  test::run_sql(folder / "s.db",
                "CREATE TABLE t (id INTEGER, w TIMESTAMPTZ); INSERT INTO t VALUES "
                "(1, '2024-01-01T08:00:00Z'), (2, '2024-01-01 23:30:00-05:00')");
  const auto source = sqlite::open_source(folder / "s.db", "from");
  test::Replication replication(*source, pair_.target());
  const auto entry = newer(Strategy::append);
  replication.replicate(entry);
  EXPECT_EQ(replication.replicate(entry).at("inserted"), 0);
  test::run_sql(folder / "s.db", "INSERT INTO t VALUES (3, '2024-01-02 00:30:00-05:00')");
  EXPECT_EQ(replication.replicate(entry).at("inserted"), 1);
  EXPECT_EQ(ids(), "1,2,3");
}

}  // namespace
}  // namespace orch
