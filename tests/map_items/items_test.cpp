// Items from buckets and results to them, in folders of this machine.
#include "workers/map_items/items.h"

#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/json/text.h"
#include "tests/support/temp_folder.h"
#include "workers/worker.h"

namespace orch::map_items {
namespace {

namespace bj = boost::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

bool never() { return false; }

class Items : public ::testing::Test {
 protected:
  void put(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }
  std::string get(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(folder_ / name, std::ios::binary).rdbuf();
    return text.str();
  }
  std::string bucket() const { return "file:" + (folder_ / ".").string(); }

  /// A reader's plan as it is in a history.
  bj::object plan(const std::string& format, const std::string& key, const bj::object& more = {}) {
    bj::object made{{"resource", "arn:aws:states:::s3:getObject"},
                    {"format", format},
                    {"delimiter", ","},
                    {"arguments", {{"Bucket", bucket()}, {"Key", key}, {"Prefix", key}}}};
    for (const auto& [name, value] : more) made.insert_or_assign(name, value);
    return made;
  }
  std::vector<std::string> read(const bj::object& reader) {
    const auto items = outside_->items(execution::item_reader_from_json(reader), nullptr, never);
    std::vector<std::string> all;
    while (auto item = items->next()) all.push_back(std::move(*item));
    return all;
  }
  std::string cause_of(const bj::object& reader) {
    try {
      read(reader);
    } catch (const workers::TaskFailed& failure) {
      EXPECT_EQ(failure.error(), "States.ItemReaderFailed");
      return failure.cause();
    }
    return "nothing was thrown";
  }

  test::TempFolder folder_;
  std::unique_ptr<workers::Outside> outside_ = make_outside();
};

TEST_F(Items, ElementsOfAJsonArray) {
  put("a.json", R"([1, {"b":2.0}, "c"])");
  EXPECT_THAT(read(plan("JSON", "a.json")), ElementsAre("1", R"({"b":2.0})", R"("c")"));
  EXPECT_THAT(read(plan("JSON", "a.json", {{"max_items", 2}})), SizeIs(2));
  EXPECT_THAT(read(plan("JSON", "a.json", {{"max_items", 0}})), SizeIs(3)) << "0: all";
}

TEST_F(Items, AnArrayInsideADocument) {
  put("a.json", R"({"data":{"rows":[1,2]},"one":1})");
  EXPECT_THAT(read(plan("JSON", "a.json", {{"pointer", "/data/rows"}})), ElementsAre("1", "2"));
  EXPECT_EQ(cause_of(plan("JSON", "a.json", {{"pointer", "/one"}})),
            "Attempting to map over non-iterable node.");
  EXPECT_THAT(cause_of(plan("JSON", "a.json", {{"pointer", "/none"}})), HasSubstr("/none"));
}

TEST_F(Items, LinesOfJson) {
  put("a.jsonl", "{\"a\":1}\r\n\n[2]\n3");
  EXPECT_THAT(read(plan("JSONL", "a.jsonl")), ElementsAre(R"({"a":1})", "[2]", "3"));
  put("empty.jsonl", "");
  EXPECT_THAT(read(plan("JSONL", "empty.jsonl")), IsEmpty());
  put("wrong.jsonl", "{\"a\":1}\n\n{\"a\":\n");
  EXPECT_THAT(cause_of(plan("JSONL", "wrong.jsonl")), HasSubstr("wrong.jsonl: line 3"));
}

TEST_F(Items, LinesAcrossBlocks) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "{\"i\":" + std::to_string(i) + "}\n";
  put("many.jsonl", text);
  const auto items = read(plan("JSONL", "many.jsonl"));
  ASSERT_THAT(items, SizeIs(100'000));
  EXPECT_EQ(items.back(), R"({"i":99999})");
}

TEST_F(Items, RecordsOfCsv) {
  put("a.csv", "x,y\n1,\"two, too\"\n3\n4,5,6\n");
  EXPECT_THAT(
      read(plan("CSV", "a.csv")),
      ElementsAre(R"({"x":"1","y":"two, too"})", R"({"x":"3","y":""})", R"({"x":"4","y":"5"})"));
  EXPECT_THAT(read(plan("CSV", "a.csv", {{"headers", {"p"}}})), SizeIs(4)) << "no row is a header";
  put("b.csv", "x|y\n1|2\n");
  EXPECT_THAT(read(plan("CSV", "b.csv", {{"delimiter", "|"}})),
              ElementsAre(R"({"x":"1","y":"2"})"));
}

TEST_F(Items, WhatIsWrongWithCsv) {
  put("a.csv", "x,x\n1,2\n");
  EXPECT_EQ(cause_of(plan("CSV", "a.csv")), "CSV headers cannot contain duplicates.");
  put("b.csv", "x,y\n\"1,2\n");
  EXPECT_THAT(cause_of(plan("CSV", "b.csv")), HasSubstr("b.csv"));
}

TEST_F(Items, WhatAListingSays) {
  put("in/b.json", "[2]");
  put("in/a.json", "[1,1]");
  put("other.json", "[3]");
  auto reader = plan("JSON", "in/", {{"resource", "arn:aws:states:::s3:listObjectsV2"}});
  const auto listed = read(reader);
  ASSERT_THAT(listed, SizeIs(2));
  const auto first = json::parse(listed[0]);
  EXPECT_EQ(first.at("Key"), "in/a.json");
  EXPECT_EQ(first.at("Size"), 5);
  EXPECT_EQ(first.at("StorageClass"), "STANDARD");
  reader["transformation"] = "LOAD_AND_FLATTEN";
  EXPECT_THAT(read(reader), ElementsAre("1", "1", "2"));
}

TEST_F(Items, AnInventoryAndItsPackedFiles) {
  put("data/1.csv", "b,k1,7\n");
  put("data/2.csv", "b,k2,8\n");
  const auto packed = "gzip -n " + (folder_ / "data/2.csv").string();
  ASSERT_EQ(std::system(packed.c_str()), 0);
  put("manifest.json", R"({"fileFormat":"CSV","fileSchema":"Bucket, Key, Size",
                           "files":[{"key":"data/1.csv"},{"key":"data/2.csv.gz"}]})");
  EXPECT_THAT(read(plan("MANIFEST", "manifest.json")),
              ElementsAre(R"({"Bucket":"b","Key":"k1","Size":"7"})",
                          R"({"Bucket":"b","Key":"k2","Size":"8"})"));
  put("data/2.csv.gz", get("data/2.csv.gz").substr(0, 25));
  EXPECT_THAT(cause_of(plan("MANIFEST", "manifest.json")), HasSubstr("cannot be unpacked"));
}

TEST_F(Items, WhatCannotBeRead) {
  EXPECT_THAT(cause_of(plan("JSON", "none.json")), HasSubstr("S3.NoSuchKey"));
  EXPECT_THAT(cause_of(plan("JSON", "../secret.json")), HasSubstr("no path inside the bucket"));
  EXPECT_EQ(cause_of(plan("JSON", "a", {{"max_items", -1}})), "field MaxItems must be positive");
  EXPECT_THAT(cause_of(plan("PARQUET", "a")), HasSubstr("PARQUET"));
  auto elsewhere = plan("JSON", "a.json");
  elsewhere["arguments"] = {{"Bucket", "my-bucket"}, {"Key", "a.json"}};
  EXPECT_THAT(cause_of(elsewhere), HasSubstr("my-bucket"));
}

// Each is refused, and none is waited for.
TEST_F(Items, WhatIsNoFile) {
  std::filesystem::create_directory(folder_ / "folder");
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  std::filesystem::create_symlink("/dev/zero", folder_ / "device");
  ASSERT_EQ(::mknod((folder_ / "socket").c_str(), S_IFSOCK | 0600, 0), 0);
  for (const auto* format : {"JSON", "JSONL", "CSV", "MANIFEST"}) {
    EXPECT_THAT(cause_of(plan(format, "folder")), HasSubstr("folder is a folder, not a file"));
    EXPECT_THAT(cause_of(plan(format, "pipe")), HasSubstr("pipe is a pipe, not a file"));
    EXPECT_THAT(cause_of(plan(format, "socket")), HasSubstr("socket is a socket, not a file"));
    EXPECT_THAT(cause_of(plan(format, "device")), HasSubstr("leads out of the bucket"));
  }
  put("file", "[1]");
  EXPECT_THAT(cause_of(plan("JSON", "file/below")), HasSubstr("S3.NoSuchKey"));
  auto listing = plan("JSON", "", {{"resource", "arn:aws:states:::s3:listObjectsV2"}});
  EXPECT_THAT(read(listing), SizeIs(1)) << "a listing holds the file alone";
}

TEST_F(Items, AFileThatIsDeletedOrChangedWhileItIsRead) {
  std::string lines;
  while (lines.size() < 1'000'000) lines += "{\"a\":1}\n";
  const auto while_reading = [&](const std::function<void()>& change) {
    put("a.jsonl", lines);
    const auto items =
        outside_->items(execution::item_reader_from_json(plan("JSONL", "a.jsonl")), nullptr, never);
    std::size_t count = items->next() ? 1 : 0;
    change();
    while (items->next()) ++count;
    return count;
  };
  EXPECT_EQ(while_reading([&] { std::filesystem::remove(folder_ / "a.jsonl"); }), lines.size() / 8);
  EXPECT_THROW(while_reading([&] { put("a.jsonl", lines + lines); }), workers::TaskFailed);
}

TEST_F(Items, LinksDoNotLeadOutOfABucket) {
  test::TempFolder elsewhere;
  elsewhere.write("secret", R"(["secret"])");
  put("in/real.json", "[1]");
  std::filesystem::create_symlink(elsewhere / "secret", folder_ / "in/file.json");
  std::filesystem::create_symlink(elsewhere.path(), folder_ / "in/folder");
  std::filesystem::create_symlink("real.json", folder_ / "in/near.json");
  for (const char* key : {"in/file.json", "in/folder/secret"})
    EXPECT_THAT(cause_of(plan("JSON", key)), HasSubstr("leads out of the bucket")) << key;
  EXPECT_THAT(read(plan("JSON", "in/near.json")), ElementsAre("1"));
  const auto listed =
      read(plan("JSON", "in/", {{"resource", "arn:aws:states:::s3:listObjectsV2"}}));
  EXPECT_THAT(listed, ElementsAre(HasSubstr("in/near.json"), HasSubstr("in/real.json")));
}

TEST_F(Items, ABucketsNameIsNoPath) {
  setenv("ORCH_S3_ENDPOINT", ("file:" + (folder_ / "buckets").string()).c_str(), 1);
  put("buckets/b/a.json", "[1]");
  put("a.json", "[2]");
  auto from = [&](const char* name) {
    auto reader = plan("JSON", "a.json");
    reader.at("arguments").as_object()["Bucket"] = name;
    return reader;
  };
  EXPECT_THAT(read(from("b")), ElementsAre("1"));
  for (const char* name : {"..", ".", "b/..", "../buckets"})
    EXPECT_THAT(cause_of(from(name)), HasSubstr("no name of a bucket")) << name;
  unsetenv("ORCH_S3_ENDPOINT");
}

class Listings : public Items {
 protected:
  bj::object listing(const std::string& prefix) {
    return plan("JSON", prefix, {{"resource", "arn:aws:states:::s3:listObjectsV2"}});
  }
};

TEST_F(Listings, ANameThatIsNotUtf8IsRefusedByName) {
  put("in/a.json", "[1]");
  put("other/b\xff.json", "[1]");
  EXPECT_THAT(cause_of(listing("")), HasSubstr("other/b\xef\xbf\xbd.json is not UTF-8"));
  EXPECT_THAT(read(listing("in/")), SizeIs(1));
}

TEST_F(Listings, AFolderThatMayNotBeRead) {
  put("in/a.json", "[1]");
  put("secret/b.json", "[1]");
  std::filesystem::permissions(folder_ / ".", std::filesystem::perms(0755));
  std::filesystem::permissions(folder_ / "secret", std::filesystem::perms(0));
  // Nothing is closed to root.
  constexpr uid_t nobody = 65534;
  const bool root = ::geteuid() == 0 && ::seteuid(nobody) == 0;
  EXPECT_THAT(cause_of(listing("")), HasSubstr("secret: Permission denied"));
  EXPECT_THAT(cause_of(listing("secret/b")), HasSubstr("S3.AccessDenied"));
  EXPECT_THAT(read(listing("in/")), SizeIs(1)) << "not on the way";
  if (root) {
    EXPECT_EQ(::seteuid(0), 0);
  }
  std::filesystem::permissions(folder_ / "secret", std::filesystem::perms(0700));
}

workers::ChildResult child(const std::string& name, const std::string& status,
                           std::optional<std::string> output) {
  workers::ChildResult made;
  made.arn = "arn:" + name;
  made.name = name;
  made.input = "{}";
  made.output = std::move(output);
  made.status = status;
  if (!made.output) made.error = "E";
  return made;
}

class ResultFiles : public Items {
 protected:
  bj::value write(const bj::object& more) {
    bj::object writer{{"resource", "arn:aws:states:::s3:putObject"},
                      {"transformation", "NONE"},
                      {"json_lines", false},
                      {"arguments", {{"Bucket", bucket()}, {"Prefix", "out/"}}}};
    for (const auto& [name, value] : more) writer.insert_or_assign(name, value);
    const auto results = outside_->results(execution::result_writer_from_json(writer),
                                           "arn:mapRun:m/l:the-uuid", nullptr, never);
    results->add(child("one", "SUCCEEDED", "[1,2]"));
    results->add(child("two", "TIMED_OUT", std::nullopt));
    results->add(child("three", "SUCCEEDED", "3"));
    return results->finish();
  }
};

TEST_F(ResultFiles, AManifestTellsWhereTheyAre) {
  const auto details = write({});
  EXPECT_EQ(details.at("Key"), "out/the-uuid/manifest.json");
  const auto manifest = json::parse(get("out/the-uuid/manifest.json"));
  EXPECT_EQ(manifest.at("MapRunArn"), "arn:mapRun:m/l:the-uuid");
  const auto& files = manifest.at("ResultFiles").as_object();
  EXPECT_EQ(files.at("SUCCEEDED").at(0).at("Key"), "out/the-uuid/SUCCEEDED_0.json");
  EXPECT_THAT(files.at("PENDING").as_array(), IsEmpty());
  const auto done = json::parse(get("out/the-uuid/SUCCEEDED_0.json"));
  ASSERT_THAT(done.as_array(), SizeIs(2));
  EXPECT_EQ(done.at(0).at("Output"), "[1,2]");
  EXPECT_EQ(done.at(1).at("Name"), "three");
  const auto failed = json::parse(get("out/the-uuid/FAILED_0.json"));
  EXPECT_EQ(failed.at(0).at("Status"), "TIMED_OUT");
  EXPECT_EQ(failed.at(0).at("Error"), "E");
}

TEST_F(ResultFiles, OutputsAloneFlatOrLineByLine) {
  write({{"transformation", "COMPACT"}});
  EXPECT_EQ(get("out/the-uuid/SUCCEEDED_0.json"), "[[1,2],3]");
  write({{"transformation", "FLATTEN"}});
  EXPECT_EQ(get("out/the-uuid/SUCCEEDED_0.json"), "[1,2,3]");
  write({{"transformation", "COMPACT"}, {"json_lines", true}});
  EXPECT_EQ(get("out/the-uuid/SUCCEEDED_0.jsonl"), "[1,2]\n3\n");
}

TEST_F(ResultFiles, WithoutABucketTheyAreTheResult) {
  const auto flat = write({{"resource", ""}, {"transformation", "FLATTEN"}});
  EXPECT_EQ(json::write(flat), "[1,2,3]");
}

TEST_F(ResultFiles, ABucketThatIsNotThere) {
  try {
    write({{"arguments", {{"Bucket", "file:/no/such/folder"}}}});
    FAIL();
  } catch (const workers::TaskFailed& failure) {
    EXPECT_EQ(failure.error(), "States.ResultWriterFailed");
    EXPECT_THAT(failure.cause(), HasSubstr("/no/such/folder"));
  }
}

}  // namespace
}  // namespace orch::map_items
