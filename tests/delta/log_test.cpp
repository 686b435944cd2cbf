// What a log says, by its files; and what is no log that can be read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/base/public_file.h"
#include "tests/support/temp_folder.h"
#include "workers/delta/schema.h"

namespace orch::delta {
namespace {

using testing::HasSubstr;

const std::string metadata =
    R"({"metaData":{"id":"1","format":{"provider":"parquet","options":{}},"schemaString":"{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"decimal(12,2)\",\"nullable\":true,\"metadata\":{}}]}","partitionColumns":["a"],"configuration":{},"createdTime":1}})";
const std::string protocol = R"({"protocol":{"minReaderVersion":1,"minWriterVersion":2}})";

std::string add(const std::string& path) {
  return R"({"add":{"path":")" + path +
         R"(","partitionValues":{"a":"1.50"},"size":1,"modificationTime":1,"dataChange":true}})";
}
std::string remove(const std::string& path) {
  return R"({"remove":{"path":")" + path + R"(","deletionTimestamp":5,"dataChange":true}})";
}

class Log : public testing::Test {
 protected:
  void SetUp() override {
    try {
      duckdb::library_version();
    } catch (const duckdb::LibraryMissing& missing) {
      GTEST_SKIP() << missing.what() << "; scripts/install-duckdb brings it";
    }
    std::filesystem::create_directories(log_folder(table_));
  }

  void write(std::int64_t version, const std::vector<std::string>& lines) const {
    std::string text;
    for (const auto& line : lines) text += line + "\n";
    ASSERT_TRUE(put_file(log_folder(table_) / fmt::format("{:020}.json", version), text));
  }
  Snapshot read() const {
    duckdb::Connection connection(duckdb::Opening{});
    return read_log(connection, table_);
  }
  std::vector<std::string> paths() const {
    std::vector<std::string> all;
    for (const auto& file : files_of(read())) all.push_back(file.path);
    return all;
  }
  std::string refusal() const {
    try {
      read();
    } catch (const LogError& error) {
      return error.what();
    }
    return "it was read";
  }

  test::TempFolder folder_;
  std::filesystem::path table_ = folder_ / "t";
};

TEST_F(Log, IsPlayedFromVersionToVersion) {
  EXPECT_FALSE(is_table(table_));
  EXPECT_EQ(read().version, -1);
  write(0, {protocol, metadata, add("x%20y.parquet"), add("b.parquet")});
  write(1, {remove("b.parquet"), add("c.parquet")});
  EXPECT_TRUE(is_table(table_));
  EXPECT_THAT(paths(), testing::ElementsAre("c.parquet", "x y.parquet"));
  const auto snapshot = read();
  EXPECT_EQ(snapshot.version, 1);
  EXPECT_EQ(snapshot.removed.at("b.parquet").removed, 5);
  EXPECT_EQ(snapshot.files.at("c.parquet").partition.at("a"), "1.50");
  EXPECT_THAT(fields_of(snapshot), testing::ElementsAre(Field{"a", "DECIMAL(12,2)", true}));
}

TEST_F(Log, ACheckpointSaysAllThatIsBeforeIt) {
  write(0, {protocol, metadata, add("a.parquet"), add("b.parquet")});
  write(1, {remove("b.parquet"), R"({"txn":{"appId":"stream","version":41}})"});
  duckdb::Connection connection(duckdb::Opening{});
  const auto before = read();
  write_checkpoint(connection, table_, before);
  write(2, {add("c.parquet")});
  for (const auto* name : {"00000000000000000000.json", "00000000000000000001.json"})
    std::filesystem::remove(log_folder(table_) / name);
  EXPECT_THAT(paths(), testing::ElementsAre("a.parquet", "c.parquet"));
  const auto after = read();
  EXPECT_EQ(after.version, 2);
  EXPECT_EQ(after.metadata.at("schemaString"), before.metadata.at("schemaString"));
  EXPECT_EQ(after.protocol, before.protocol);
  EXPECT_TRUE(after.removed.contains("b.parquet"));
  EXPECT_EQ(after.transactions.at("stream").at("version"), 41);
  EXPECT_EQ(after.files.at("a.parquet").partition.at("a"), "1.50");
}

TEST_F(Log, AVersionIsCommittedOnce) {
  EXPECT_TRUE(commit(table_, 0, {{{"commitInfo", {{"orch", "first"}}}}}));
  EXPECT_FALSE(commit(table_, 0, {{{"commitInfo", {{"orch", "second"}}}}}));
  const auto infos = commit_infos(table_, -1);
  ASSERT_EQ(infos.size(), 1);
  EXPECT_EQ(infos[0].at("orch"), "first");
  EXPECT_TRUE(commit_infos(table_, 0).empty());
}

struct Refused {
  std::vector<std::string> lines;
  std::string says;
};

TEST_F(Log, OfAnotherKindIsRefused) {
  const std::vector<Refused> all = {
      {{R"({"protocol":{"minReaderVersion":2,"minWriterVersion":5}})"}, "readers of version 2"},
      {{R"({"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["deletionVectors"]}})"},
       "the feature deletionVectors"},
      {{R"({"add":{"path":"a","partitionValues":{},"size":1,"deletionVector":{"storageType":"u"}}})"},
       "deletion vectors"},
      {{add("../../a.parquet")}, "does not lie in the table's folder"},
      {{add("s3://b/a.parquet")}, "does not lie in the table's folder"},
      {{"{"}, "line 1"},
      {{"[1]"}, "the log of the table t"},
  };
  for (const auto& one : all) {
    write(0, one.lines);
    EXPECT_THAT(refusal(), HasSubstr(one.says));
    std::filesystem::remove(log_folder(table_) / "00000000000000000000.json");
  }
  write(1, {protocol});
  EXPECT_THAT(refusal(), HasSubstr("version 0 is missing"));
}

TEST_F(Log, ColumnsOfOtherTypesAreRefused) {
  EXPECT_THROW(fields_in(R"({"fields":[{"name":"a","type":{"type":"array"},"nullable":true}]})"),
               LogError);
  EXPECT_THROW(fields_in(R"({"fields":[{"name":"a","type":"variant","nullable":true}]})"),
               LogError);
  EXPECT_THROW(fields_in(R"({"fields":1})"), LogError);
  EXPECT_THROW(fields_in("x"), LogError);
}

}  // namespace
}  // namespace orch::delta
