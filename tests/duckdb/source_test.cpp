// DuckDB files: tables, keys, conditions, watermarks, and other programs that use the file.
#include <cstdlib>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>

#include "tests/duckdb/with_duckdb.h"
#include "tests/support/rows.h"

namespace orch {
namespace {

using testing::HasSubstr;
using Rows = std::vector<test::TextRow>;

class DuckdbFile : public test::WithDuckdb {
 protected:
  data::ReadRequest request(const std::string& table, std::vector<std::string> columns) const {
    data::ReadRequest all;
    all.from.table.name = table;
    all.columns = std::move(columns);
    return all;
  }
};

TEST_F(DuckdbFile, DescribesTablesOfAllSchemas) {
  run("CREATE TABLE \"Odd \"\"name\"(b varchar, a integer NOT NULL, PRIMARY KEY (b, a)); "
      "CREATE SCHEMA ods; CREATE TABLE ods.t(x decimal(9,2)); CREATE VIEW v AS SELECT 1 AS one; "
      "INSERT INTO ods.t VALUES (1), (2)",
      "base.duckdb");
  const auto source = database("base.duckdb");
  const auto tables = source->list();
  ASSERT_EQ(tables.size(), 3u);
  EXPECT_EQ(tables[0].name.display(), "Odd \"name");
  EXPECT_EQ(tables[1].taken, data::Listed::Taken::with_views);
  EXPECT_EQ(tables[2].name.display(), "ods.t");
  const auto odd = source->describe({{"", "odd \"NAME"}, ""});
  EXPECT_EQ(odd.name.name, "Odd \"name");
  EXPECT_EQ(odd.key, (std::vector<std::string>{"b", "a"}));
  EXPECT_FALSE(odd.columns[1].nullable);
  const auto other = source->describe({{"ods", "t"}, ""});
  EXPECT_EQ(other.estimated_rows, 2);
  EXPECT_EQ(other.columns[0].scale, 2);
  EXPECT_TRUE(source->empty({{"", "Odd \"name"}, ""}));
  EXPECT_THAT(failure_of([&] {
                source->describe({{"ods", "tt"}, ""});
              }),
              HasSubstr("Source.TableMissing: no table ods.tt at base; did you mean \"ods.t\"?"));
}

TEST_F(DuckdbFile, ReadsManyRowsUnderACondition) {
  run("CREATE TABLE t AS SELECT i AS id, 'row ' || i AS name FROM range(100000) r(i)",
      "base.duckdb");
  auto some = request("t", {"name", "id"});
  some.where = "id % 2 = 0 -- every other one";
  const auto source = database("base.duckdb");
  const auto rows = test::read_all(*source, some);
  ASSERT_EQ(rows.size(), 50'000u);
  EXPECT_EQ(rows[49'999], (test::TextRow{"row 99998", "99998"}));
  EXPECT_TRUE(source->position().contains("at"));
  some.where = "1 = 1) OR (1 = 1";
  EXPECT_THAT(failure_of([&] { source->open(some); }), HasSubstr("Source.QueryFailed"));
  some.where.clear();
  some.columns = {"nmae"};
  EXPECT_THAT(failure_of([&] { source->open(some); }),
              HasSubstr("Source.ColumnMissing: no column \"nmae\" in t; did you mean \"name\"?"));
}

TEST_F(DuckdbFile, AWatermarkCountsWhatHasNoPlaceInItsOrder) {
  run("CREATE TABLE t(id integer PRIMARY KEY, \"at\" timestamp, n double); INSERT INTO t VALUES "
      "(1, '2026-01-01', 1), (2, '2026-01-02 10:00:00.5', 2), (3, NULL, NULL), (4, "
      "'2026-01-03', 'nan')",
      "base.duckdb");
  const auto source = database("base.duckdb");
  auto newer = request("t", {"id"});
  newer.watermark =
      data::WatermarkRange{.column = "at", .after = "2026-01-01 00:00:00", .upto = {}};
  EXPECT_EQ(test::read_all(*source, newer), (Rows{{"2"}, {"4"}}));
  EXPECT_EQ(source->watermark()->upto, "2026-01-03 00:00:00");
  EXPECT_EQ(source->watermark()->nulls, 1);
  EXPECT_EQ(source->watermark()->example, "id = 3");
  newer.watermark->overlap.seconds = 86'400;
  newer.watermark->with_nulls = true;
  EXPECT_EQ(test::read_all(*source, newer).size(), 4u);
  newer.watermark = data::WatermarkRange{.column = "n", .after = "1", .upto = {}};
  EXPECT_NO_THROW(source->open(newer));
  EXPECT_EQ(source->watermark()->not_comparable, 1);
  EXPECT_EQ(source->watermark()->example, "id = 4");
  EXPECT_EQ(source->watermark()->upto, "2.0");
}

TEST_F(DuckdbFile, ThatAnotherProgramWritesToIsLocked) {
  run("CREATE TABLE t(x integer)", "base.duckdb");
  const auto file = (folder_ / "base.duckdb").string();
  int ready[2];
  int done[2];
  ASSERT_EQ(::pipe(ready) + ::pipe(done), 0);
  const auto writer = ::fork();
  if (writer == 0) {
    const duckdb::Connection open({.path = file});
    char byte = 0;
    std::_Exit(::write(ready[1], "x", 1) == 1 && ::read(done[0], &byte, 1) == 1 ? 0 : 1);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  const auto failure = failure_of([&] { database("base.duckdb"); });
  ASSERT_EQ(::write(done[1], "x", 1), 1);
  ::waitpid(writer, nullptr, 0);
  EXPECT_THAT(failure, HasSubstr("Source.Locked: base: opening it:"));
  EXPECT_EQ(failure_of([&] { database("base.duckdb"); }), "no failure");
}

TEST_F(DuckdbFile, ThatIsNotThereIsSaid) {
  EXPECT_THAT(failure_of([&] { database("none.duckdb"); }),
              HasSubstr("Connection.Down: base: there is no such file"));
  folder_.write("text.duckdb", "this is no database of DuckDB, however long it goes on for");
  EXPECT_THAT(failure_of([&] { database("text.duckdb"); }), HasSubstr("base: opening it:"));
}

TEST_F(DuckdbFile, StopsWhenItIsTold) {
  run("CREATE TABLE t AS SELECT i AS id FROM range(100000) r(i)", "base.duckdb");
  const auto source = database("base.duckdb");
  test::CollectingSink sink;
  EXPECT_THROW(source->open(request("t", {"id"})).front()->read(sink, [] { return true; }),
               workers::Cancelled);
}

}  // namespace
}  // namespace orch
