// Names, globs, big files and what a folder cannot do.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/packed.h"
#include "tests/support/rows.h"
#include "tests/support/temp_folder.h"
#include "workers/csv/csv.h"
#include "workers/worker.h"

namespace orch {
namespace {

using testing::HasSubstr;

class CsvFolder : public testing::Test {
 protected:
  std::unique_ptr<data::Source> open() { return csv::open_source(folder_.path(), {}, "files"); }

  template <class Work>
  std::string failure_of(Work&& work) {
    try {
      work();
    } catch (const workers::TaskFailed& failure) {
      return failure.error() + ": " + failure.what();
    }
    return "no failure";
  }

  test::TempFolder folder_;
};

TEST_F(CsvFolder, ListsFilesWithColumnsAndAnEstimate) {
  folder_.write("b.csv", "x\n1\n2\n");
  folder_.write("a.csv", "p,q\n1,2\n");
  folder_.write("notes.txt", "no table");
  const auto source = open();
  const auto tables = source->list();
  ASSERT_EQ(tables.size(), 3u);
  EXPECT_EQ(tables[0].name.name, "a");
  EXPECT_EQ(tables[2].name.name, "notes.txt");
  EXPECT_EQ(tables[2].taken, data::Listed::Taken::never);
  EXPECT_EQ(source->describe({{"", "a"}, ""}).columns[1].name, "q");
  EXPECT_EQ(source->describe({{"", "b"}, ""}).estimated_rows, 3);
  EXPECT_FALSE(source->empty({{"", "b"}, ""}));
}

TEST_F(CsvFolder, PackedFilesAreTablesAsTheOthersAre) {
  std::string text = "x;y\n";
  for (int i = 0; i < 20'000; ++i) text += fmt::format("{};y\n", i);
  folder_.write("a.csv.gz", test::gzipped(text));
  folder_.write("b.csv.zst", test::zstd_packed(text));
  folder_.write("c.csv", test::gzipped(text));
  csv::Options options;
  options.delimiter = ';';
  const auto source = csv::open_source(folder_.path(), options, "files");
  for (const auto& listed : source->list()) {
    EXPECT_EQ(listed.reason, "") << listed.name.name;
    const auto estimate = source->describe({listed.name, ""}).estimated_rows.value_or(0);
    EXPECT_GT(estimate, 10'000) << listed.name.name;
    EXPECT_LT(estimate, 40'000) << listed.name.name;
    const auto rows = test::read_table(*source, listed.name.name);
    EXPECT_EQ(rows.size(), 20'000u);
    EXPECT_EQ(rows.back(), (test::TextRow{"19999", "y"}));
  }
}

TEST_F(CsvFolder, WhatIsPackedOtherwiseIsNamedAsSuch) {
  folder_.write("a.csv", test::gzipped(test::gzipped("id,name\n")));
  folder_.write("b.csv", "PK\x03\x04 id,name");
  const auto message = [&](const char* table) {
    return failure_of([&] { open()->describe({{"", table}, ""}); });
  };
  EXPECT_EQ(message("a"), "Source.Malformed: a.csv, line 1: found a gzip file, expected text");
  EXPECT_THAT(message("b"), HasSubstr("found a ZIP file"));
}

TEST_F(CsvFolder, OfTwoFilesOfOneNameOneKeepsItsEnding) {
  folder_.write("a.csv", "x\n1\n");
  folder_.write("a.CSV", "x\n2\n");
  folder_.write("b.Csv", "x\n3\n");
  const auto tables = open()->list();
  ASSERT_EQ(tables.size(), 3u);
  EXPECT_EQ(tables[0].name.name, "a");
  EXPECT_EQ(tables[1].name.name, "a.CSV");
  EXPECT_EQ(tables[2].name.name, "b");
  EXPECT_EQ(test::read_table(*open(), "a.CSV"), (std::vector<test::TextRow>{{"2"}}));
  EXPECT_EQ(test::read_table(*open(), "b"), (std::vector<test::TextRow>{{"3"}}));
}

TEST_F(CsvFolder, ATableIsAFileWithOrWithoutItsEnding) {
  folder_.write("a.csv", "x\n1\n");
  folder_.write("raw.dat", "x\n2\n");
  EXPECT_EQ(test::read_table(*open(), "a"), test::read_table(*open(), "a.csv"));
  EXPECT_EQ(test::read_table(*open(), "raw.dat").size(), 1u);
}

TEST_F(CsvFolder, AGlobReadsFilesInOrderAndInParts) {
  folder_.write("s_2.csv", "x\n3\n");
  folder_.write("s_1.csv", "x\n1\n2\n");
  folder_.write("other.csv", "x\n9\n");
  const auto source = open();
  data::ReadRequest request;
  request.from.table.name = "s_*.csv";
  request.columns = {"x"};
  EXPECT_EQ(test::read_all(*source, request), (std::vector<test::TextRow>{{"1"}, {"2"}, {"3"}}));
  request.parts = 8;
  EXPECT_EQ(source->open(request).size(), 2u);
  EXPECT_EQ(source->position().at("count"), 2);
}

TEST_F(CsvFolder, FilesOfAGlobHaveOneHeader) {
  folder_.write("s_1.csv", "x,y\n1,2\n");
  folder_.write("s_2.csv", "x,z\n1,2\n");
  EXPECT_EQ(failure_of([&] { test::read_table(*open(), "s_*"); }),
            "Source.Malformed: s_2.csv, line 1: found the columns x, z, expected those of s_1.csv: "
            "x, y");
}

TEST_F(CsvFolder, ANameCannotLeaveTheFolder) {
  std::filesystem::create_directory(folder_ / "in");
  folder_.write("secret.csv", "x\n1\n");
  const auto source = csv::open_source(folder_ / "in", {}, "files");
  for (const auto* name : {"../secret", "../secret.csv", "/etc/passwd", "..", "../*"})
    EXPECT_THAT(failure_of([&] { test::read_table(*source, name); }),
                HasSubstr("Source.TableMissing"))
        << name;
}

TEST_F(CsvFolder, AMissingFileIsNamedWithNearMatches) {
  folder_.write("premium.csv", "x\n");
  EXPECT_EQ(failure_of([&] { test::read_table(*open(), "premuim"); }),
            "Source.TableMissing: no table \"premuim\": no such file; did you mean \"premium\"?");
}

TEST_F(CsvFolder, ColumnsArePickedByName) {
  folder_.write("t.csv", "a,b,c\n1,2,3\n");
  data::ReadRequest request;
  request.from.table.name = "t";
  request.columns = {"c", "a"};
  const auto source = open();
  EXPECT_EQ(test::read_all(*source, request), (std::vector<test::TextRow>{{"3", "1"}}));
  request.columns = {"d"};
  EXPECT_THAT(failure_of([&] { test::read_all(*source, request); }),
              HasSubstr("Source.ColumnMissing: files: no column \"d\" in t"));
}

TEST_F(CsvFolder, RecordsCrossTheBlocksOfTheFile) {
  std::string text = "id,text\n";
  std::vector<test::TextRow> expected;
  for (int i = 0; i < 3000; ++i) {
    const std::string value(static_cast<std::size_t>(i % 200), i % 2 ? '"' : 'x');
    std::string quoted;
    for (const char c : value) quoted += c == '"' ? "\"\"" : std::string(1, c);
    text += std::to_string(i) + ",\"" + quoted + "é\n\"\r\n";
    expected.push_back({std::to_string(i), value + "é\n"});
  }
  folder_.write("t.csv", text);
  EXPECT_EQ(test::read_table(*open(), "t"), expected);
}

TEST_F(CsvFolder, AMegabyteInOneField) {
  const std::string big(1 << 20, 'y');
  folder_.write("t.csv", "a\n\"" + big + "\"\n" + big + "\n");
  EXPECT_EQ(test::read_table(*open(), "t"), (std::vector<test::TextRow>{{big}, {big}}));
}

TEST_F(CsvFolder, AFileThatGrowsWhileItIsReadSpoilsTheRead) {
  folder_.write("t.csv", "a\n1\n");
  const auto source = open();
  data::ReadRequest request;
  request.from.table.name = "t";
  request.columns = {"a"};
  const auto readers = source->open(request);
  folder_.write("t.csv", "a\n1\n2\n");
  test::CollectingSink sink;
  EXPECT_THAT(failure_of([&] { readers[0]->read(sink, [] { return false; }); }),
              HasSubstr("Source.Changed: t.csv"));
}

TEST_F(CsvFolder, WhatOnlyDatabasesCanDoIsRefused) {
  folder_.write("t.csv", "a\n1\n");
  const auto source = open();
  data::ReadRequest request;
  request.from.table.name = "t";
  request.columns = {"a"};
  request.where = "a > 1";
  EXPECT_THAT(failure_of([&] { source->open(request); }), HasSubstr("Source.Unsupported"));
  request.where.clear();
  request.watermark = data::WatermarkRange{"a", "1", std::nullopt};
  EXPECT_THAT(failure_of([&] { source->open(request); }), HasSubstr("Source.Unsupported"));
  EXPECT_THAT(failure_of([&] {
                source->describe({{}, "SELECT 1"});
              }),
              HasSubstr("Source.Unsupported"));
  csv::Options options;
  options.encoding = "KLINGON";
  EXPECT_THAT(failure_of([&] {
                csv::open_source(folder_.path(), options, "files")->describe({{"", "t"}, ""});
              }),
              HasSubstr("unknown encoding \"KLINGON\""));
}

TEST_F(CsvFolder, AnotherDelimiterIsNotOneColumn) {
  csv::Options options;
  const auto refused = [&](const std::string& text) {
    folder_.write("t.csv", text);
    return failure_of([&] {
      csv::open_source(folder_.path(), options, "files")->describe({{"", "t"}, ""});
    });
  };
  for (const char* header : {"id;name", "id\tname", "id|name", "sep=;"})
    EXPECT_THAT(refused(fmt::format("{}\n1;a\n", header)), HasSubstr("Source.Malformed")) << header;
  EXPECT_EQ(refused("id\n1;2\n"), "no failure") << "values of one column may hold anything";
  EXPECT_EQ(refused("\"id;name\"\n1\n"), "no failure") << "quotes make it one name";
  EXPECT_EQ(refused("id,a;b\n1,2\n"), "no failure");
  options.delimiter = ';';
  EXPECT_THAT(refused("id,name\n1,a\n"), HasSubstr("found one column, id,name"));
  options.header = false;
  EXPECT_THAT(refused("1,a\n2,b\n"), HasSubstr("Source.Malformed"));
  EXPECT_EQ(refused("Smith, John\nBonaparte\n"), "no failure") << "not every line has one";
}

TEST_F(CsvFolder, AMissingFolderIsDown) {
  EXPECT_THAT(failure_of([&] { csv::ping(folder_ / "nowhere"); }), HasSubstr("Connection.Down"));
  EXPECT_NO_THROW(csv::ping(folder_.path()));
}

}  // namespace
}  // namespace orch
