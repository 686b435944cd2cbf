// Folders of Parquet files: what is a table, which columns it has, and what is refused.
#include <fstream>

#include <gmock/gmock.h>

#include "tests/duckdb/with_duckdb.h"
#include "tests/support/rows.h"

namespace orch {
namespace {

using testing::HasSubstr;
using Rows = std::vector<test::TextRow>;

class ParquetFolder : public test::WithDuckdb {};

TEST_F(ParquetFolder, ListsFilesAndFoldersAndSaysWhyTheRestIsNone) {
  write("SELECT 1 AS x", "one.parquet");
  write("SELECT 1 AS x", "two/a.parquet");
  folder_.write("notes.txt", "no table");
  std::filesystem::create_directories(folder_ / "empty");
  std::filesystem::create_directories(folder_ / "_temporary");
  const auto tables = folder()->list();
  ASSERT_EQ(tables.size(), 4u);
  EXPECT_EQ(tables[0].reason, "it holds no Parquet file");
  EXPECT_EQ(tables[1].reason, "its name does not end in .parquet");
  EXPECT_EQ(tables[2].name.name, "one");
  EXPECT_EQ(tables[3].name.name, "two");
  EXPECT_EQ(tables[3].taken, data::Listed::Taken::always);
}

TEST_F(ParquetFolder, FoldersNamedAfterValuesAreColumns) {
  write("SELECT 1 AS id", "sales/dt=2026-11-29/part-0.parquet");
  write("SELECT 2 AS id", "sales/dt=2026-11-30/part-0.parquet");
  write("SELECT 3 AS id", "sales/dt=__HIVE_DEFAULT_PARTITION__/part-0.parquet");
  const auto source = folder();
  const auto table = source->describe({{"", "sales"}, ""});
  ASSERT_EQ(table.columns.size(), 2u);
  EXPECT_EQ(table.columns[1].name, "dt");
  EXPECT_EQ(table.columns[1].kind, data::Kind::date);
  EXPECT_EQ(table.estimated_rows, 3);
  EXPECT_EQ(test::read_table(*source, "sales"),
            (Rows{{"1", "2026-11-29"}, {"2", "2026-11-30"}, {"3", std::nullopt}}));
}

TEST_F(ParquetFolder, FoldersAboveTheTableAreNone) {
  write("SELECT 1 AS id", "zone=raw/sales/dt=2026-11-29/part-0.parquet");
  const auto source = duckdb::open_source({folder_ / "zone=raw", true, "lake"});
  EXPECT_EQ(source->describe({{"", "sales"}, ""}).columns.size(), 2u);
  EXPECT_EQ(test::read_table(*source, "sales"), (Rows{{"1", "2026-11-29"}}));
}

TEST_F(ParquetFolder, FilesOfOneTableHaveTheSameColumns) {
  write("SELECT 1 AS id", "t/a.parquet");
  write("SELECT 1 AS id, 'lost' AS more", "t/b.parquet");
  EXPECT_THAT(failure_of([&] {
                folder()->describe({{"", "t"}, ""});
              }),
              HasSubstr("Source.Malformed: b.parquet: its columns are (id INTEGER, more VARCHAR), "
                        "those of a.parquet are (id INTEGER)"));
}

TEST_F(ParquetFolder, FoldersOfOneTableNameTheSameColumns) {
  write("SELECT 1 AS id", "t/dt=1/a.parquet");
  write("SELECT 1 AS id", "t/day=1/b.parquet");
  EXPECT_THAT(failure_of([&] {
                folder()->describe({{"", "t"}, ""});
              }),
              HasSubstr("Source.Malformed"));
}

TEST_F(ParquetFolder, AFileThatChangesWhileItIsReadSpoilsTheRead) {
  write("SELECT i AS id FROM range(10000) t(i)", "t.parquet");
  const auto source = folder();
  data::ReadRequest request;
  request.from.table.name = "t";
  request.columns = {"id"};
  const auto readers = source->open(request);
  std::filesystem::last_write_time(
      folder_ / "t.parquet",
      std::filesystem::file_time_type::clock::now() + std::chrono::seconds(5));
  test::CollectingSink sink;
  EXPECT_THAT(failure_of([&] { readers.front()->read(sink, [] { return false; }); }),
              HasSubstr("Source.Changed"));
}

TEST_F(ParquetFolder, ABrokenFileIsNamed) {
  folder_.write("t.parquet", "PAR1 and then nothing of the kind PAR1");
  EXPECT_THAT(failure_of([&] {
                folder()->describe({{"", "t"}, ""});
              }),
              testing::AllOf(HasSubstr("Source."), HasSubstr("t.parquet")));
}

TEST_F(ParquetFolder, QueriesSeeTheFolderAndNothingElse) {
  write("SELECT i AS id, i % 2 AS odd FROM range(4) t(i)", "t.parquet");
  const auto source = folder();
  data::ReadRequest request;
  request.from.query = "SELECT odd, sum(id) AS s FROM t GROUP BY odd ORDER BY odd";
  request.columns = {"odd", "s"};
  EXPECT_EQ(test::read_all(*source, request), (Rows{{"0", "2"}, {"1", "4"}}));
  for (const char* outside :
       {"SELECT * FROM read_text('/etc/passwd')", "SELECT * FROM '../secret.parquet'",
        "SELECT * FROM read_csv('https://example.invalid/x.csv')"})
    EXPECT_THAT(failure_of([&] {
                  source->describe({{}, outside});
                }),
                HasSubstr("Source."))
        << outside;
  EXPECT_THAT(failure_of([&] {
                source->describe({{}, "SELECT 1; COPY t TO 'x'"});
              }),
              HasSubstr("Source.QueryFailed"));
}

}  // namespace
}  // namespace orch
