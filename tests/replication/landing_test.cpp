// Files that are each loaded once, in a folder and in a bucket: tests/cases/landing.json.
//
// A case is an object:
//   "name"
//   "engine"?   "csv" (the usual) or "jsonl"
//   "source"    the entry's source: "table", "format", "types", "files"
//   "strategy"? "append" (the usual), "upsert" or "replace"; "key_columns"?
//   "steps"     an array of objects, each one of
//     {"write": {file: text}, "now"?: true}  drops files; each is written ten seconds after the one
//                                            before, long ago, but for those that are written now
//     {"remove": [file]}                     takes files away
//     {"load": {…}, "error"?: name, "says"?: text}  stage, verify and merge, which answer these
//     members
//                                            of "files", or fail so
//     {"sql": text}                          another session at the target
//     {"rows": […], "of": SQL}               what a query of the target finds, as texts
//     {"there": [file]} {"gone": [file]}     what the folder holds
//     {"file": name, "lines": […]}           parts of the lines of a file
//     {"listed": {file: state}}              what landed_files() says of all files
#include "workers/replication/landing.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/case_file.h"
#include "tests/support/replication.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_folder.h"
#include "workers/csv/csv.h"
#include "workers/jsonl/jsonl.h"
#include "workers/replication/landed_files.h"
#include "workers/sqlite/sqlite.h"

namespace orch {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// Where the files lie: in a folder that the connection names, or in one that stands for a bucket.
enum class Place : std::uint8_t { folder, bucket };

class World {
 public:
  World(const boost::json::object& one, Place place) : place_(place) {
    fs::create_directories(zone());
    if (place_ == Place::bucket)
      ::setenv("ORCH_S3_ENDPOINT", ("file:" + (folder_ / "s3").string()).c_str(), 1);
    entry_ = entry_of(one);
    jsonl_ = one.contains("engine") && one.at("engine") == "jsonl";
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World() { ::unsetenv("ORCH_S3_ENDPOINT"); }

  void play(const boost::json::object& step) {
    if (const auto* files = step.if_contains("write"))
      for (const auto& [name, text] : files->as_object())
        write(name, text.as_string(), step.contains("now"));
    for (const auto& name : names_in(step, "remove")) fs::remove(zone() / name);
    if (const auto* sql = step.if_contains("sql"))
      test::run_sql(folder_ / "t.db", std::string(sql->as_string()));
    if (step.contains("load")) load(step);
    if (step.contains("rows")) expect_rows(step);
    for (const bool there : {true, false})
      for (const auto& name : names_in(step, there ? "there" : "gone"))
        EXPECT_EQ(fs::exists(zone() / name), there) << name;
    if (step.contains("file")) expect_lines(step);
    if (const auto* listed = step.if_contains("listed")) {
      EXPECT_EQ(states(), listed->as_object());
    }
  }

 private:
  static std::vector<std::string> names_in(const boost::json::object& step, const char* member) {
    std::vector<std::string> names;
    if (const auto* list = step.if_contains(member))
      for (const auto& name : list->as_array()) names.emplace_back(name.as_string());
    return names;
  }

  fs::path zone() const {
    return place_ == Place::folder ? folder_ / "zone" : folder_ / "s3" / "b" / "zone";
  }

  static catalog::Entry entry_of(const boost::json::object& one) {
    boost::json::object document{{"key", "t"},
                                 {"source", one.at("source")},
                                 {"target", {{"connection", "to"}, {"table", "t"}}},
                                 {"strategy", "append"}};
    document.at("source").as_object()["connection"] = "from";
    for (const auto* member : {"strategy", "key_columns", "columns"})
      if (const auto* value = one.if_contains(member)) document[member] = *value;
    return catalog::entry_from_json(document);
  }

  std::unique_ptr<data::Source> open_source() const {
    const auto place = place_ == Place::folder ? zone().string() : "s3://b/zone";
    auto store = files::open_store(place, {});
    if (jsonl_) return jsonl::open_source(std::move(store), "files");
    return csv::open_source(std::move(store), {}, "files");
  }

  boost::json::object states() const {
    const auto source = open_source();
    const auto target = sqlite::open_target(folder_ / "t.db", "to");
    boost::json::object states;
    for (const auto& file : replication::landed_files(entry_, *source, *target)) {
      const auto document = replication::document_of(file);
      states[file.name] = document.at("state");
      EXPECT_EQ(document.contains("sha256"), document.contains("load")) << file.name;
    }
    return states;
  }

  void write(std::string_view name, std::string_view text, bool now) {
    const auto path = zone() / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    if (now) return;
    written_ += std::chrono::seconds(10);
    fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours(24) + written_);
  }

  void load(const boost::json::object& step) {
    const auto source = open_source();
    const auto target = sqlite::open_target(folder_ / "t.db", "to");
    test::Replication replication(*source, *target, fence_);
    fence_ += 10;
    std::string message;
    boost::json::object files;
    const auto error = test::error_of(
        [&] {
          const auto staged = replication.stage(entry_);
          files = staged.at("files").as_object();
          replication.verify(entry_, staged);
          replication.merge(entry_, staged);
          const auto task = test::task_of(fence_);
          replication::archive_files({task, replication.context, entry_}, *source, *target);
        },
        &message);
    const auto* wanted = step.if_contains("error");
    EXPECT_EQ(error, wanted ? std::string(wanted->as_string()) : "no failure") << message;
    const auto* says = step.if_contains("says");
    EXPECT_THAT(message, HasSubstr(says ? std::string(says->as_string()) : ""));
    for (const auto& [name, value] : step.at("load").as_object()) {
      const auto found = files.contains(name) ? json::write(files.at(name)) : "nothing";
      EXPECT_EQ(found, json::write(value)) << name << " of " << json::write(files);
    }
  }

  void expect_rows(const boost::json::object& step) {
    std::vector<std::string> wanted;
    for (const auto& row : step.at("rows").as_array()) wanted.emplace_back(row.as_string());
    EXPECT_EQ(test::rows_of(folder_ / "t.db", std::string(step.at("of").as_string())), wanted);
  }

  void expect_lines(const boost::json::object& step) {
    std::vector<fs::path> found;
    const fs::path name(step.at("file").as_string().c_str());
    for (const auto& entry : fs::directory_iterator(zone() / name.parent_path()))
      if (entry.path().filename().string().starts_with(name.filename().string()))
        found.push_back(entry.path());
    ASSERT_EQ(found.size(), 1u);
    std::ifstream file(found.front());
    std::string line;
    for (const auto& part : step.at("lines").as_array()) {
      ASSERT_TRUE(std::getline(file, line));
      EXPECT_THAT(line, HasSubstr(std::string(part.as_string())));
    }
    EXPECT_FALSE(std::getline(file, line)) << line;
  }

  Place place_;
  test::TempFolder folder_;
  catalog::Entry entry_;
  bool jsonl_ = false;
  std::int64_t fence_ = 1;
  std::chrono::seconds written_{0};
};

class Landing : public testing::TestWithParam<std::tuple<boost::json::object, Place>> {};

TEST_P(Landing, Case) {
  const auto& [one, place] = GetParam();
  World world(one, place);
  int number = 0;
  for (const auto& step : one.at("steps").as_array()) {
    SCOPED_TRACE("step " + std::to_string(++number));
    world.play(step.as_object());
  }
}

INSTANTIATE_TEST_SUITE_P(Files, Landing,
                         testing::Combine(testing::ValuesIn(test::cases_in("landing.json")),
                                          testing::Values(Place::folder, Place::bucket)),
                         [](const auto& one) {
                           return test::case_name(std::get<0>(one.param)) +
                                  (std::get<1>(one.param) == Place::folder ? "_folder" : "_bucket");
                         });

}  // namespace
}  // namespace orch
