// What a SQLite target takes and refuses.
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/sqlite_pair.h"
#include "workers/replication/plan_request.h"

namespace orch {
namespace {

using test::error_of;
using testing::ElementsAre;
using testing::HasSubstr;

class SqliteTarget : public test::SqlitePair {
 protected:
  SqliteTarget() : SqlitePair(std::chrono::milliseconds(50)) {}
};

TEST_F(SqliteTarget, PlanningCreatesNoFile) {
  test::run_sql(source_file_, "CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (7)");
  const auto source = sqlite::open_source(source_file_, "from");
  const auto target = sqlite::open_target(target_file_, "to");
  const auto entry = test::entry_of("t");
  EXPECT_TRUE(target->plan(replication::make_request(entry, *source, *target)).create);
  EXPECT_FALSE(target->staged(entry.target));
  EXPECT_FALSE(std::filesystem::exists(target_file_));
  test::Replication(*source, *target).replicate(entry);  // the same object sees the file come
  expect_same("t");
}

TEST_F(SqliteTarget, TheTypeZooArrivesValueForValue) {
  prepare(
      "CREATE TABLE zoo (i INTEGER, r REAL, n NUMERIC(10,2), t TEXT, b BLOB, x, dt DATETIME, "
      "bo BOOLEAN, v VARCHAR(3), j JSON, m MONEY, a ANY, q \"odd type\");"
      "INSERT INTO zoo VALUES (1, 1.5, 1.25, 'a', x'00', 1.0, '2024-01-01', 1, 'toolong', '{}', 5, "
      "'7x', 'q');"
      "INSERT INTO zoo VALUES ('text', 'text', 'text', 7, 'text', 'text', 1704067200, 'yes', "
      "x'ff', "
      "5, 'text', x'00', 9);"
      "INSERT INTO zoo VALUES (9223372036854775807, 9e999, -9e999, '', x'', -0.0, 2460310.5, 0, "
      "NULL, 1.5, 2.5, '', 1.25);"
      "INSERT INTO zoo VALUES (-9223372036854775808, 5e-324, 12345678901234567890, "
      "'a' || char(0) || 'b', zeroblob(3), x'ff', '', NULL, '', '', NULL, NULL, NULL);"
      "INSERT INTO zoo DEFAULT VALUES; INSERT INTO zoo (t) VALUES (CAST(x'fffe' AS TEXT))");
  replication_->replicate(test::entry_of("zoo"));
  expect_same("zoo");
  EXPECT_EQ(test::rows_of(target_file_, "SELECT type FROM pragma_table_info('zoo')"),
            test::rows_of(source_file_, "SELECT type FROM pragma_table_info('zoo')"));
}

TEST_F(SqliteTarget, AStrictSourceArrives) {
  prepare(
      "CREATE TABLE t (a ANY, i INT, r REAL, x TEXT, b BLOB) STRICT;"
      "INSERT INTO t VALUES ('007', 1, 2, '3', x'04'), (7.0, NULL, NULL, NULL, NULL)");
  replication_->replicate(test::entry_of("t"));
  expect_same("t");
}

TEST_F(SqliteTarget, EmptyTablesBigTextsAndManyColumns) {
  std::string columns = "c0";
  for (int i = 1; i < 400; ++i) columns += ", c" + std::to_string(i);
  prepare("CREATE TABLE empty (a); CREATE TABLE wide (" + columns +
          "); INSERT INTO wide (c7, c399) VALUES (7, 'last');"
          "CREATE TABLE big (t); INSERT INTO big VALUES (hex(zeroblob(524288))), (1), "
          "(zeroblob(3000000))");
  for (const auto* table : {"empty", "wide", "big"}) {
    replication_->replicate(test::entry_of(table));
    expect_same(table);
  }
}

TEST_F(SqliteTarget, CreatedTablesKeepKeysAndNotNull) {
  prepare("CREATE TABLE t (a INTEGER NOT NULL, b TEXT NOT NULL, c, PRIMARY KEY (b, a))");
  replication_->replicate(test::entry_of("t"));
  const auto table = *target_->describe({"", "t"});
  EXPECT_THAT(table.key, ElementsAre("b", "a"));
  EXPECT_FALSE(table.columns[0].nullable);
  EXPECT_TRUE(table.columns[2].nullable);
}

TEST_F(SqliteTarget, EveryMismatchIsNamedAndNothingChanges) {
  prepare("CREATE TABLE t (a, b, gone, calc)",
          "CREATE TABLE t (a, needed NOT NULL, calc AS (a)); CREATE VIEW seen AS SELECT 1 AS a");
  auto entry = test::entry_of("t");
  entry.columns = {{"a", "a", ""}, {"b", "A", ""}, {"gone", "gone", ""}, {"calc", "calc", ""}};
  std::string message;
  EXPECT_EQ(error_of([&] { replication_->stage(entry); }, &message), "Schema.Mismatch");
  EXPECT_THAT(message, HasSubstr("two source columns go to column \"A\""));
  EXPECT_THAT(message, HasSubstr("the target has no column \"gone\""));
  EXPECT_THAT(message, HasSubstr("column \"calc\" of the target is generated"));
  EXPECT_THAT(message, HasSubstr("nothing fills column \"needed\""));
  entry = test::entry_of("t");
  entry.target.name = "seen";
  EXPECT_EQ(error_of([&] { replication_->stage(entry); }, &message), "Schema.Mismatch");
  EXPECT_THAT(message, HasSubstr("is a view"));
  entry.target.name = "orch_load";
  EXPECT_EQ(error_of([&] { replication_->stage(entry); }, &message), "Schema.Mismatch");
  EXPECT_THAT(message, HasSubstr("the name orch_load is reserved"));
  EXPECT_EQ(test::count_of(target_file_, "sqlite_schema WHERE name LIKE 'orch%'"), 0);
}

TEST_F(SqliteTarget, ReadersSeeTheOldRowsUntilThePublish) {
  prepare("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)",
          "CREATE TABLE t (a); INSERT INTO t VALUES (0)");
  const auto entry = test::entry_of("t");
  const auto load = replication_->stage(entry);
  sqlite::Database reader(target_file_, sqlite::Access::read_only);
  reader.exec("BEGIN");
  const auto count = [&] {
    sqlite::Statement rows(reader, "SELECT count(*) FROM t");
    rows.step();
    return rows.int64(0);
  };
  EXPECT_EQ(count(), 1);
  replication_->verify(entry, load);
  replication_->merge(entry, load);
  EXPECT_EQ(count(), 1);
  reader.exec("COMMIT");
  EXPECT_EQ(count(), 2);
}

TEST_F(SqliteTarget, AnotherProcessesLockIsToldAfterAWhile) {
  prepare("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
  sqlite::Database other(target_file_);
  other.exec("BEGIN IMMEDIATE");
  std::string message;
  EXPECT_EQ(error_of([&] { replication_->stage(test::entry_of("t")); }, &message), "Target.Locked");
  EXPECT_EQ(message, "to: staging table t: database is locked");
  other.exec("ROLLBACK");
  replication_->replicate(test::entry_of("t"));
  expect_same("t");
}

TEST_F(SqliteTarget, LoadsOfOneFileTakeTurns) {
  prepare(
      "CREATE TABLE a (n); CREATE TABLE b (n);"
      "INSERT INTO a WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
      "WHERE i < 50000) SELECT i FROM n; INSERT INTO b SELECT n FROM a");
  // The patience for other processes is 50 ms here; our own loads wait for as long as it takes.
  const auto work = [this](const std::string& table, std::int64_t fence) {
    const auto source = sqlite::open_source(source_file_, "from");
    const auto target = sqlite::open_target(target_file_, "to", std::chrono::milliseconds(50));
    test::Replication(*source, *target, fence).replicate(test::entry_of(table));
  };
  std::thread first(work, "a", 1);
  std::thread second(work, "b", 1);
  first.join();
  second.join();
  expect_same("a");
  expect_same("b");
}

TEST_F(SqliteTarget, ALoadThatWaitsForItsTurnCanBeStopped) {
  prepare("CREATE TABLE t (n); INSERT INTO t VALUES (1)");
  const auto holder = target_->begin_load(
      target_->plan(replication::make_request(test::entry_of("t"), *source_, *target_)),
      {"other/t/1", "other", "store1", 1});
  holder->part(0).write(std::string(1, '\0'));  // one row with NULL: the turn is taken
  replication_->context.stop = true;
  EXPECT_THROW(replication_->stage(test::entry_of("t")), workers::Cancelled);
}

TEST_F(SqliteTarget, EvidenceSaysWhatWasPublished) {
  prepare("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)");
  const auto load = replication_->stage(test::entry_of("t"));
  replication_->verify(test::entry_of("t"), load);
  replication_->merge(test::entry_of("t"), load);
  EXPECT_THAT(test::rows_of(target_file_,
                            "SELECT load_id GLOB 'run1/t/1/*', table_name, run, store, fence, "
                            "strategy, method, rows, "
                            "total_rows, inserted, deleted, detail ->> 'key', "
                            "position -> 'source' ->> 'bytes' > 0 FROM orch_evidence"),
              ElementsAre("1:1|3:t|3:run1|3:store1|1:3|3:replace|3:merge|1:2|1:2|1:2|"
                          "1:0|3:t|1:1|"));
  EXPECT_THAT(test::rows_of(target_file_, "SELECT digest FROM orch_evidence"),
              ElementsAre("3:" + std::string(load.at("digest").as_string()) + "|"));
}

}  // namespace
}  // namespace orch
