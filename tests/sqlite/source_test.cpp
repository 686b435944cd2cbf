// What a SQLite source says and reads.
#include <cstdlib>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "tests/support/replication.h"
#include "tests/support/rows.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_folder.h"
#include "workers/sqlite/sqlite.h"

namespace orch {
namespace {

using data::Kind;
using test::error_of;
using testing::ElementsAre;
using testing::HasSubstr;

class SqliteSource : public testing::Test {
 protected:
  std::unique_ptr<data::Source> open(const std::string& sql) {
    test::run_sql(file_, sql);
    return sqlite::open_source(file_, "ledger");
  }

  test::TempFolder folder_;
  std::filesystem::path file_ = folder_ / "source.db";
};

/// What the process below does: it ends with SQLite's result code.
TEST(WriterChild, DISABLED_Writes) {
  sqlite3* db = nullptr;
  sqlite3_open(std::getenv("ORCH_TEST_FILE"), &db);
  _exit(sqlite3_exec(db, "UPDATE t SET a = a + 1", nullptr, nullptr, nullptr));
}

/// What happens to a write of another process. A fork alone would share what SQLite remembers of
/// the locks, which do not hold between connections of one process.
std::string written_by_another_process(const std::filesystem::path& file) {
  const auto child = fork();
  if (child == 0) {
    setenv("ORCH_TEST_FILE", file.c_str(), 1);
    execl("/proc/self/exe", "child", "--gtest_filter=WriterChild.*",
          "--gtest_also_run_disabled_tests", "--gtest_brief=1", nullptr);
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return sqlite3_errstr(WEXITSTATUS(status));
}

TEST_F(SqliteSource, HoldsOffWritersOfOtherProcessesUntilItHasRead) {
  auto source = open("PRAGMA journal_mode=DELETE; CREATE TABLE t (a); INSERT INTO t VALUES (1)");
  data::ReadRequest request;
  request.from = {{"", "t"}, ""};
  request.columns = {"a"};
  auto readers = source->open(request);
  EXPECT_EQ(written_by_another_process(file_), "database is locked");
  EXPECT_EQ(test::count_of(file_, "t WHERE a = 1"), 1);
  readers.clear();
  EXPECT_EQ(written_by_another_process(file_), "not an error");
}

TEST_F(SqliteSource, DescribesTables) {
  const auto source = open(
      "CREATE TABLE t (a INTEGER, b NUMERIC(12,2) NOT NULL, c NVARCHAR(10), d, "
      "e INTEGER AS (a * 2), f INTEGER AS (a * 3) STORED, PRIMARY KEY (c, a)) WITHOUT ROWID;"
      "CREATE VIEW v AS SELECT a, b + 1 AS more FROM t;"
      "CREATE TABLE s (x ANY, y INT) STRICT");
  const auto table = source->describe({{"", "t"}, ""});
  ASSERT_EQ(table.columns.size(), 6u);
  EXPECT_THAT(table.key, ElementsAre("c", "a"));
  EXPECT_EQ(table.columns[1].kind, Kind::numeric);
  EXPECT_FALSE(table.columns[1].nullable);
  EXPECT_EQ(table.columns[3].kind, Kind::any);
  EXPECT_TRUE(table.columns[4].generated);
  EXPECT_TRUE(table.columns[5].generated);
  const auto view = source->describe({{"", "v"}, ""});
  EXPECT_EQ(view.columns[0].native, "INTEGER");
  EXPECT_EQ(view.columns[1].kind, Kind::any);
  EXPECT_EQ(source->describe({{"main", "S"}, ""}).columns[0].native, "");
  std::vector<std::string> names;
  for (const auto& one : source->list()) names.push_back(one.kind + " " + one.name.name);
  EXPECT_THAT(names, ElementsAre("table s", "table t", "view v"));
}

TEST_F(SqliteSource, ReadsStorageClassesInTheOrderOfTheRowid) {
  const auto source = open(
      "CREATE TABLE t (a, b TEXT); CREATE INDEX by_a ON t (a, b);"
      "INSERT INTO t VALUES (3, 'c'), (1.5, 'b'), (NULL, 'a'), (x'00ff', NULL)");
  EXPECT_THAT(test::read_table(*source, "t"),
              ElementsAre(test::TextRow{"3", "c"}, test::TextRow{"1.500000", "b"},
                          test::TextRow{std::nullopt, "a"},
                          test::TextRow{std::string("\0\xff", 2), std::nullopt}));
}

TEST_F(SqliteSource, SeesOneStateWhileOthersWrite) {
  const auto source = open("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)");
  data::ReadRequest request;
  request.from.table.name = "t";
  request.columns = {"a"};
  const auto readers = source->open(request);
  test::run_sql(file_, "DELETE FROM t; INSERT INTO t VALUES (9)");
  test::CollectingSink sink;
  readers[0]->read(sink, [] { return false; });
  EXPECT_THAT(sink.found, ElementsAre(test::TextRow{"1"}, test::TextRow{"2"}));
}

TEST_F(SqliteSource, ReadsAQueryWithAConditionAndARange) {
  const auto source = open(
      "CREATE TABLE t (id INTEGER, at TEXT);"
      "INSERT INTO t VALUES (1,'a'),(2,'b'),(3,'c'),(10,'d')");
  data::ReadRequest request;
  request.from.query = "SELECT id, upper(at) AS big FROM t";
  request.columns = {"big"};
  request.where = "id <> 2";
  request.watermark = data::WatermarkRange{"id", "1", "10"};
  EXPECT_THAT(test::read_all(*source, request),
              ElementsAre(test::TextRow{"C"}, test::TextRow{"D"}));
  EXPECT_EQ(source->high_watermark(request.from, "id", "id < 10"), "3");
  EXPECT_EQ(source->high_watermark(request.from, "id", "id > 10"), std::nullopt);
}

TEST_F(SqliteSource, TheLargestRealIsWrittenExactly) {
  const auto source =
      open("CREATE TABLE t (r REAL); INSERT INTO t VALUES (0.1), (934.5146729745181)");
  EXPECT_EQ(source->high_watermark({{"", "t"}, ""}, "r", ""), "934.5146729745181");
}

TEST_F(SqliteSource, RefusesWhatIsNotThere) {
  const auto source = open("CREATE TABLE premium (id)");
  std::string message;
  EXPECT_EQ(error_of(
                [&] {
                  source->describe({{"", "premuim"}, ""});
                },
                &message),
            "Source.TableMissing");
  EXPECT_EQ(message, "ledger: no table \"premuim\"; did you mean \"premium\"?");
  EXPECT_EQ(error_of([&] { source->describe({{"other", "premium"}, ""}); }), "Source.TableMissing");
  data::ReadRequest request;
  request.from.table.name = "premium";
  request.columns = {"idd"};
  EXPECT_EQ(error_of([&] { source->open(request); }, &message), "Source.ColumnMissing");
}

TEST_F(SqliteSource, AQueryIsOneSelect) {
  const auto source = open("CREATE TABLE t (id); INSERT INTO t VALUES (1)");
  for (const auto* query :
       {"DELETE FROM t", "SELECT 1) ; DELETE FROM t; --", "PRAGMA user_version",
        "SELECT id FROM t) AS query, (SELECT 2", "SELECT id FROM t WHERE id = ?1",
        "SELECT 1; SELECT 2", "SELECT nothing FROM t", "SELECT id, id FROM t", "SELECT"})
    EXPECT_EQ(error_of([&] { source->describe({{}, query}); }), "Source.QueryFailed") << query;
  data::ReadRequest request;
  request.from.table.name = "t";
  request.columns = {"id"};
  for (const auto* where : {"1); DELETE FROM t; --", "0) UNION SELECT name FROM sqlite_schema --",
                            "id = 1) OR (1", "id = ?1", "'", "1 /*"}) {
    request.where = where;
    EXPECT_EQ(error_of([&] { source->open(request); }), "Source.QueryFailed") << where;
    EXPECT_EQ(error_of([&] { source->high_watermark(request.from, "id", where); }),
              "Source.QueryFailed")
        << where;
  }
  EXPECT_EQ(test::count_of(file_, "t"), 1);
}

TEST_F(SqliteSource, AValueLargerThanTheLimitIsRefusedByColumnAndRow) {
  open(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, small, large); INSERT INTO t VALUES "
      "(1, 'a', zeroblob(1000000)), (7, 'b', zeroblob(1048576)), (9, 'c', NULL)");
  const auto source = sqlite::open_source(file_, "ledger", {}, 1);
  data::ReadRequest request;
  request.from.table.name = "t";
  request.columns = {"id", "small", "large"};
  test::CollectingSink sink;
  std::string message;
  EXPECT_EQ(error_of(
                [&] {
                  for (auto& reader : source->open(request))
                    reader->read(sink, [] { return false; });
                },
                &message),
            "Source.ValueTooLarge");
  EXPECT_NE(message.find("column \"large\" of rowid 7"), std::string::npos) << message;
}

TEST_F(SqliteSource, ABrokenViewHidesNoOtherTable) {
  const auto source = open(
      "CREATE TABLE t (a); CREATE VIEW v AS SELECT a FROM t; "
      "CREATE TABLE u (a); DROP TABLE t");
  const auto tables = source->list();
  ASSERT_EQ(tables.size(), 2u);
  EXPECT_EQ(tables[0].name.name, "u");
  EXPECT_EQ(tables[1].taken, data::Listed::Taken::with_views);
}

TEST_F(SqliteSource, KnowsWhatIsEmptyAndWhatBelongsToAVirtualTable) {
  const auto source = open(
      "CREATE TABLE t (a); CREATE TABLE u (a); INSERT INTO u VALUES (NULL);"
      "CREATE VIRTUAL TABLE words USING fts5(word)");
  EXPECT_TRUE(source->empty({{"", "t"}, ""}));
  EXPECT_FALSE(source->empty({{"", "u"}, ""}));
  EXPECT_TRUE(source->empty({{}, "SELECT 1 WHERE 0"}));
  std::vector<std::string> taken;
  for (const auto& one : source->list())
    if (one.taken == data::Listed::Taken::always) taken.push_back(one.name.name);
  EXPECT_THAT(taken, ElementsAre("t", "u", "words"));
}

TEST_F(SqliteSource, ReadsVirtualTablesAndLeavesOneWithoutAModuleAlone) {
  const auto source = open(
      "CREATE VIRTUAL TABLE boxes USING rtree(id, low, high); INSERT INTO boxes VALUES (1, 0, 2);"
      "CREATE TABLE t (a); INSERT INTO t VALUES (7); PRAGMA writable_schema = ON;"
      "INSERT INTO sqlite_schema VALUES ('table', 'lost', 'lost', 0, 'CREATE VIRTUAL TABLE lost "
      "USING nowhere')");
  EXPECT_EQ(source->describe({{"", "boxes"}, ""}).columns.size(), 3u);
  EXPECT_EQ(test::read_table(*source, "boxes").size(), 1u);
  EXPECT_EQ(test::read_table(*source, "t").size(), 1u);
  std::string message;
  EXPECT_EQ(error_of([&] { test::read_table(*source, "lost"); }, &message), "Source.QueryFailed");
  EXPECT_THAT(message, HasSubstr("reading table lost: no such module: nowhere"));
}

TEST_F(SqliteSource, AFileThatIsMissingIsDownAndOneThatIsNoDatabaseRefused) {
  std::string message;
  EXPECT_EQ(error_of([&] { sqlite::open_source(folder_ / "nothing.db", "ledger"); }, &message),
            "Connection.Down");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "nothing.db"));
  folder_.write("text.db", std::string(5000, 'x'));
  EXPECT_EQ(error_of([&] { sqlite::open_source(folder_ / "text.db", "ledger"); }, &message),
            "Connection.Refused");
  EXPECT_EQ(message, "ledger: opening the database: file is not a database");
  EXPECT_EQ(error_of([&] { sqlite::ping(folder_ / "text.db"); }), "Connection.Refused");
}

}  // namespace
}  // namespace orch
