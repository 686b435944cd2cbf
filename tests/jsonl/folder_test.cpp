// Names, patterns, packed and big files, and what a folder cannot do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/packed.h"
#include "tests/support/rows.h"
#include "tests/support/temp_folder.h"
#include "workers/jsonl/jsonl.h"
#include "workers/worker.h"

namespace orch {
namespace {

using testing::HasSubstr;
using Rows = std::vector<test::TextRow>;

class JsonlFolder : public testing::Test {
 protected:
  std::unique_ptr<data::Source> open() { return jsonl::open_source(folder_.path(), "files"); }

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

TEST_F(JsonlFolder, ListsWhatIsATableAndSaysWhyTheRestIsNone) {
  folder_.write("b.ndjson", "{\"x\":1}\n{\"x\":2}\n");
  folder_.write("notes.txt", "no table");
  folder_.write("a.jsonl.gz", test::gzipped("{\"p\":1,\"q\":2}\n"));
  const auto source = open();
  const auto tables = source->list();
  ASSERT_EQ(tables.size(), 3u);
  EXPECT_EQ(tables[0].name.name, "a");
  EXPECT_EQ(tables[1].name.name, "b");
  EXPECT_EQ(tables[2].taken, data::Listed::Taken::never);
  EXPECT_EQ(source->describe({{"", "a"}, ""}).columns[1].name, "q");
  EXPECT_EQ(source->describe({{"", "b"}, ""}).estimated_rows, 2);
  EXPECT_FALSE(source->empty({{"", "b"}, ""}));
}

TEST_F(JsonlFolder, APatternReadsFilesInOrderAndInPartsWithTheColumnsOfAll) {
  folder_.write("s_2.jsonl", "{\"x\":3.5}\n");
  folder_.write("s_1.jsonl.zst", test::zstd_packed("{\"x\":1}\n{\"x\":2,\"y\":\"z\"}\n"));
  folder_.write("other.jsonl", "{\"x\":9}\n");
  const auto source = open();
  data::ReadRequest request;
  request.from.table.name = "s_*";
  request.columns = {"y", "x"};
  EXPECT_EQ(test::read_all(*source, request),
            (Rows{{std::nullopt, "1.000000"}, {"z", "2.000000"}, {std::nullopt, "3.500000"}}));
  request.parts = 8;
  EXPECT_EQ(source->open(request).size(), 2u);
  EXPECT_EQ(source->position().at("count"), 2);
}

TEST_F(JsonlFolder, LinesMayBeLongerThanABlockAndShorterThanTheLimit) {
  const std::string wide(3'000'000, 'w');
  folder_.write("t.jsonl", "{\"x\":\"" + wide + "\"}\n{\"x\":\"y\"}\n");
  EXPECT_EQ(test::read_table(*open(), "t"), (Rows{{wide}, {"y"}}));
  folder_.write("t.jsonl", "{\"x\":\"" + std::string(std::size_t{17} << 20, 'w') + "\"}\n");
  EXPECT_THAT(failure_of([&] {
                open()->describe({{"", "t"}, ""});
              }),
              HasSubstr("line 1: found a line of more than 16 MiB"));
}

TEST_F(JsonlFolder, APackedFileThatIsCutShortIsRefused) {
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += "{\"x\":" + std::to_string(i * 7919) + "}\n";
  const auto packed = test::gzipped(text);
  folder_.write("t.jsonl.gz", packed);
  EXPECT_EQ(test::read_table(*open(), "t").size(), 10'000u);
  folder_.write("t.jsonl.gz", packed.substr(0, packed.size() / 2));
  EXPECT_THAT(failure_of([&] {
                open()->describe({{"", "t"}, ""});
              }),
              HasSubstr("t.jsonl.gz cannot be unpacked: it ends too early"));
}

TEST_F(JsonlFolder, AFileThatChangesBetweenItsColumnsAndItsRowsIsDescribedAgain) {
  folder_.write("t.jsonl", "{\"x\":1}\n");
  const auto source = open();
  EXPECT_EQ(source->describe({{"", "t"}, ""}).columns.size(), 1u);
  folder_.write("t.jsonl", "{\"x\":\"no number\"}\n");
  data::ReadRequest request;
  request.from.table.name = "t";
  request.columns = {"x"};
  EXPECT_EQ(test::read_all(*source, request), (Rows{{"no number"}}));
}

TEST_F(JsonlFolder, AFileThatChangesWhileItIsReadSpoilsTheRead) {
  folder_.write("t.jsonl", "{\"x\":1}\n");
  const auto source = open();
  data::ReadRequest request;
  request.from.table.name = "t";
  request.columns = {"x"};
  const auto readers = source->open(request);
  folder_.write("t.jsonl", "{\"x\":1}\n{\"x\":2}\n");
  test::CollectingSink sink;
  EXPECT_THAT(failure_of([&] { readers.front()->read(sink, [] { return false; }); }),
              HasSubstr("Source.Changed"));
}

TEST_F(JsonlFolder, SaysWhatFilesCannotDo) {
  folder_.write("t.jsonl", "{\"x\":1}\n");
  const auto source = open();
  EXPECT_THAT(failure_of([&] {
                source->describe({{"", "tt"}, ""});
              }),
              HasSubstr("Source.TableMissing: no table \"tt\": no such file; did you mean \"t\""));
  EXPECT_THAT(failure_of([&] {
                source->describe({{"", "../t"}, ""});
              }),
              HasSubstr("cannot leave the folder"));
  EXPECT_THAT(failure_of([&] {
                source->describe({{"", ""}, "SELECT 1"});
              }),
              HasSubstr("Source.Unsupported"));
  data::ReadRequest request;
  request.from.table.name = "t";
  request.columns = {"y"};
  EXPECT_THAT(failure_of([&] { source->open(request); }),
              HasSubstr("Source.ColumnMissing: files: no column \"y\" in t"));
  request.where = "x > 1";
  EXPECT_THAT(failure_of([&] { source->open(request); }), HasSubstr("know no \"where\""));
  EXPECT_THAT(failure_of([&] { jsonl::open_source(folder_ / "none", "files"); }),
              HasSubstr("Connection.Down"));
}

}  // namespace
}  // namespace orch
