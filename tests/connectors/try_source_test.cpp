// What a trial of a source tells: a type with a value that cannot be read, a table that cannot be
// described, and what is fine.
#include "workers/connectors/try_source.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/sqlite_file.h"
#include "tests/support/temp_folder.h"
#include "workers/sqlite/sqlite.h"
#include "workers/worker.h"

namespace orch::test {
namespace {

using testing::HasSubstr;

class TrySource : public testing::Test {
 protected:
  connectors::SourceTrial tried(const std::string& sql, std::int64_t rows = 1'000) {
    run_sql(folder_ / "source.db", sql);
    const auto source = sqlite::open_source(folder_ / "source.db", "from");
    return connectors::try_source(*source, rows, [] { return false; });
  }
  static const connectors::TypeTrial& type(const connectors::SourceTrial& trial,
                                           const std::string& native) {
    return *std::ranges::find(trial.types, native, &connectors::TypeTrial::native);
  }

  TempFolder folder_;
};

TEST_F(TrySource, ReadsOneColumnOfEachTypeAndNoMoreThanIsWanted) {
  const auto trial = tried(
      "CREATE TABLE empty(a INTEGER); CREATE TABLE t(a INTEGER, b INTEGER, c NUMERIC(9,2)); "
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000) "
      "INSERT INTO t SELECT i, i, i / 2.0 FROM n; CREATE VIEW v AS SELECT a FROM t");
  EXPECT_EQ(trial.tables, 3);
  EXPECT_EQ(type(trial, "INTEGER").columns, 4);
  EXPECT_EQ(type(trial, "INTEGER").example, "t.a");
  EXPECT_EQ(type(trial, "INTEGER").rows, 1'000);
  EXPECT_EQ(type(trial, "NUMERIC(9,2)").kind, data::Kind::numeric);
  EXPECT_TRUE(trial.troubles.empty());
}

TEST_F(TrySource, TellsATableThatCannotBeDescribedAndGoesOn) {
  const auto trial = tried(
      "CREATE TABLE t(a INTEGER); INSERT INTO t VALUES (1); CREATE TABLE gone(b TEXT); "
      "CREATE VIEW broken AS SELECT b FROM gone; DROP TABLE gone");
  ASSERT_EQ(trial.troubles.size(), 1U);
  EXPECT_EQ(trial.troubles[0].table, "broken");
  EXPECT_THAT(trial.troubles[0].problem, HasSubstr("no such table"));
  EXPECT_EQ(type(trial, "INTEGER").rows, 1);
}

TEST_F(TrySource, StopsWhenItIsTold) {
  run_sql(folder_ / "source.db", "CREATE TABLE t(a INTEGER)");
  const auto source = sqlite::open_source(folder_ / "source.db", "from");
  EXPECT_THROW(connectors::try_source(*source, 10, [] { return true; }), workers::Cancelled);
}

}  // namespace
}  // namespace orch::test
