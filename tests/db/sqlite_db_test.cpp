#include "orchestrator/db/sqlite_db.h"

#include <atomic>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace orch::sqlite {
namespace {

class SqliteDb : public ::testing::Test {
 protected:
  test::TempFolder folder_;
  Database db_{folder_ / "test.db"};
};

std::string pragma(Database& db, const std::string& name) {
  Statement query(db, "PRAGMA " + name);
  query.step();
  return std::string(query.text(0));
}

TEST_F(SqliteDb, OpensDurably) {
  EXPECT_EQ(pragma(db_, "journal_mode"), "wal");
  EXPECT_EQ(pragma(db_, "synchronous"), "2");
  EXPECT_EQ(pragma(db_, "foreign_keys"), "1");
}

TEST_F(SqliteDb, ManyMayOpenANewFileAtOnce) {
  for (int round = 0; round < 20; ++round) {
    const auto path = folder_ / std::to_string(round);
    std::latch ready(4);
    std::atomic<int> failed = 0;
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
          ready.arrive_and_wait();
          try {
            const Database opened(path);
          } catch (const Error&) {
            ++failed;
          }
        });
    }
    ASSERT_EQ(failed, 0) << "round " << round;
  }
}

TEST_F(SqliteDb, KeptStatementsComeBackAsNew) {
  db_.keep_statements();
  db_.exec("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)");
  const auto* text = "SELECT a FROM t WHERE ?1 IS NULL OR a = ?1 ORDER BY a";
  const sqlite3_stmt* first = nullptr;
  {
    Statement query(db_, text);
    first = sqlite3_next_stmt(db_.handle(), nullptr);
    EXPECT_TRUE(query.bind(2).step());  // and is left in the middle
    EXPECT_EQ(query.int64(0), 2);
  }
  db_.exec("ALTER TABLE t ADD COLUMN b; INSERT INTO t VALUES (0, 0)");  // nothing holds the table
  Statement again(db_, text);
  EXPECT_EQ(sqlite3_next_stmt(db_.handle(), nullptr), first);
  ASSERT_TRUE(again.step());
  EXPECT_EQ(again.int64(0), 0);  // no value is bound now
  Statement inside(db_, text);   // while the other is in use
  EXPECT_TRUE(inside.bind(1).step());
  ASSERT_TRUE(again.step());
  EXPECT_EQ(again.int64(0), 1);
}

TEST_F(SqliteDb, AKeptStatementMayOutliveItsDatabase) {
  auto db = std::make_unique<Database>(folder_ / "other.db");
  db->keep_statements();
  Statement query(*db, "SELECT 1");
  db.reset();
  EXPECT_TRUE(query.step());
}

TEST_F(SqliteDb, KeepsEveryStorageClass) {
  db_.exec("CREATE TABLE t (a, b, c, d, e)");
  const std::string blob("\0\xff", 2);
  Statement insert(db_, "INSERT INTO t VALUES (?, ?, ?, ?, ?)");
  insert.reset();
  insert.set_null(1);
  insert.set_integer(2, INT64_MIN);
  insert.set_real(3, 0.1);
  insert.set_text(4, "text with \0 inside");
  insert.set_blob(5, blob);
  insert.run();
  Statement query(db_, "SELECT * FROM t");
  ASSERT_TRUE(query.step());
  EXPECT_EQ(query.storage(0), Storage::null);
  EXPECT_TRUE(query.null(0));
  EXPECT_EQ(query.storage(1), Storage::integer);
  EXPECT_EQ(query.int64(1), INT64_MIN);
  EXPECT_EQ(query.storage(2), Storage::real);
  EXPECT_EQ(query.real(2), 0.1);
  EXPECT_EQ(query.storage(3), Storage::text);
  EXPECT_EQ(query.storage(4), Storage::blob);
  EXPECT_EQ(query.blob(4), blob);
  EXPECT_FALSE(query.step());
}

TEST_F(SqliteDb, OptionalBindsNull) {
  Statement query(db_, "SELECT ?1, ?2");
  query.bind(std::optional<std::string>(), std::optional<std::string>("x"));
  ASSERT_TRUE(query.step());
  EXPECT_TRUE(query.null(0));
  EXPECT_EQ(query.text(1), "x");
}

TEST_F(SqliteDb, TransactionRollsBackUnlessCommitted) {
  db_.exec("CREATE TABLE t (a)");
  {
    Transaction transaction(db_);
    db_.exec("INSERT INTO t VALUES (1)");
  }
  {
    Transaction transaction(db_);
    db_.exec("INSERT INTO t VALUES (2)");
    transaction.commit();
  }
  Statement query(db_, "SELECT group_concat(a) FROM t");
  ASSERT_TRUE(query.step());
  EXPECT_EQ(query.text(0), "2");
}

TEST_F(SqliteDb, ErrorsCarryExtendedCodeAndReason) {
  db_.exec("CREATE TABLE t (a PRIMARY KEY)");
  db_.exec("INSERT INTO t VALUES (1)");
  try {
    db_.exec("INSERT INTO t VALUES (1)");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), SQLITE_CONSTRAINT_PRIMARYKEY);
    EXPECT_EQ(error.primary(), SQLITE_CONSTRAINT);
    EXPECT_EQ(error.reason(), "UNIQUE constraint failed: t.a");
  }
}

TEST_F(SqliteDb, RefusesASecondStatement) {
  EXPECT_THROW(Statement(db_, "SELECT 1; DROP TABLE t"), Error);
  EXPECT_THROW(Statement(db_, "  "), Error);
  EXPECT_NO_THROW(Statement(db_, "SELECT 1 ; \n"));
}

TEST_F(SqliteDb, BusyIsRecognised) {
  Database other(folder_ / "test.db");
  other.set_busy_timeout(std::chrono::milliseconds(0));
  Transaction holder(db_);
  try {
    Transaction second(other);
    FAIL() << "two writers";
  } catch (const Error& error) {
    EXPECT_TRUE(error.busy());
  }
}

TEST_F(SqliteDb, ReadOnlyNeitherCreatesNorWrites) {
  EXPECT_THROW(Database(folder_ / "absent.db", Access::read_only), Error);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "absent.db"));
  db_.exec("CREATE TABLE t (a)");
  Database reader(folder_ / "test.db", Access::read_only);
  try {
    reader.exec("INSERT INTO t VALUES (1)");
    FAIL() << "wrote";
  } catch (const Error& error) {
    EXPECT_EQ(error.primary(), SQLITE_READONLY);
  }
}

TEST_F(SqliteDb, StopWatchInterrupts) {
  const std::function<bool()> stop = [] { return true; };
  const StopWatch watch(db_, stop);
  Statement endless(db_,
                    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                    "SELECT count(*) FROM n");
  try {
    endless.step();
    FAIL() << "ended";
  } catch (const Error& error) {
    EXPECT_EQ(error.primary(), SQLITE_INTERRUPT);
  }
}

}  // namespace
}  // namespace orch::sqlite
