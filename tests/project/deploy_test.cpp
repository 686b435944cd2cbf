// Deploys and rollbacks by the operations that commands and the REST API use.
#include <filesystem>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/read_file.h"
#include "orchestrator/host/operations.h"
#include "orchestrator/json/members.h"
#include "orchestrator/json/text.h"
#include "orchestrator/store/machines.h"
#include "orchestrator/store/open.h"
#include "orchestrator/store/pipelines.h"
#include "tests/support/temp_folder.h"

namespace orch::host {
namespace {

namespace bj = boost::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string definition(const std::string& comment) {
  return fmt::format(R"({{"Comment":"{}","StartAt":"S","States":{{"S":{{"Type":"Succeed"}}}}}})",
                     comment);
}

class Deploy : public ::testing::Test {
 protected:
  /// The parameters of a project with these pipelines: {name: input}.
  bj::object project(const bj::object& inputs, const std::string& comment = "one") const {
    bj::object pipelines;
    for (const auto& [name, input] : inputs)
      pipelines[name] = bj::object{{"document", {{"workflow", "w.json"}, {"input", input}}},
                                   {"definition", definition(comment)}};
    return {{"project", "risk"},      {"environment", "prod"},
            {"folder", "/srv/risk"},  {"files", {{"catalog.json", catalog_}}},
            {"pipelines", pipelines}, {"by", "ada"}};
  }

  bj::object perform(const std::string& name, const bj::object& parameters) const {
    return host::perform(url_, name, parameters, "test");
  }

  /// The changes of a deploy: "made a", …
  std::vector<std::string> deploy(const bj::object& parameters) const {
    const auto result = perform("pipelines.deploy", parameters);
    std::vector<std::string> changes;
    for (const auto& each : result.at("changes").as_array())
      changes.push_back(json::text_member(each, "change") + " " +
                        json::text_member(each, "pipeline"));
    return changes;
  }

  std::string refusal(const std::string& name, const bj::object& parameters) const {
    try {
      perform(name, parameters);
      return "nothing";
    } catch (const Error& error) {
      return error.code() + ": " + error.what();
    }
  }

  std::unique_ptr<store::Store> store() const { return store::open_as_reader(url_); }

  /// What a client that starts the alias gets: the comment of the definition.
  std::string comment_of_alias(const std::string& name) const {
    const auto reader = store();
    const auto machine = reader->machines().find(name);
    const auto alias = reader->machines().alias(machine->id, "prod");
    const auto version = reader->machines().version(machine->id, alias->routing.front().first);
    return json::text_member(json::parse(reader->definition(version->revision.definition_hash)),
                             "Comment");
  }

  test::TempFolder folder_;
  std::string url_ = (folder_ / "runs.db").string();
  std::string catalog_ = R"({"version":1,"tables":[]})";
};

TEST_F(Deploy, DoesNothingTheSecondTime) {
  EXPECT_THAT(deploy(project({{"a", 1}, {"b", 1}})), ElementsAre("made a", "made b"));
  EXPECT_THAT(deploy(project({{"a", 1}, {"b", 1}})), IsEmpty());
  EXPECT_THAT(deploy(project({{"a", 2}, {"c", 1}})),
              ElementsAre("changed a", "removed b", "made c"));
  const auto reader = store();
  EXPECT_EQ(reader->pipelines().find("a")->revision.number, 2);
  EXPECT_EQ(reader->pipelines().find("a")->revision.made_by, "ada");
  EXPECT_FALSE(reader->pipelines().find("b"));
  EXPECT_FALSE(reader->machines().find("b"));
  EXPECT_EQ(reader->pipelines().revisions("b").size(), 1U);
}

TEST_F(Deploy, MakesStateMachinesWithVersionsAndAnAlias) {
  deploy(project({{"a", 1}}));
  EXPECT_EQ(comment_of_alias("a"), "one");
  deploy(project({{"a", 1}}, "two"));
  EXPECT_EQ(comment_of_alias("a"), "two");
  // The input alone is no new version of the definition.
  deploy(project({{"a", 2}}, "two"));
  const auto reader = store();
  const auto machine = reader->machines().find("a");
  EXPECT_EQ(reader->machines().versions(machine->id, 99, 99).size(), 2U);
  EXPECT_EQ(reader->pipelines().find("a")->revision.machine_version, 2);
}

TEST_F(Deploy, RollsBackAndForward) {
  deploy(project({{"a", 1}}));
  catalog_ = R"({"version":1,"tables":[],"id":"x"})";
  deploy(project({{"a", 2}}, "two"));
  const auto later = store()->pipelines().find("a")->revision.connections;
  EXPECT_EQ(json::write(perform("pipelines.rollback", {{"name", "a"}})),
            R"({"name":"a","from":2,"revision":1})");
  EXPECT_EQ(comment_of_alias("a"), "one");
  const auto earlier = store()->pipelines().find("a")->revision.connections;
  EXPECT_NE(earlier, later);
  // The files of a revision are those that were deployed with it.
  const auto catalog = std::filesystem::path(earlier).parent_path() / "catalog.json";
  EXPECT_EQ(read_file(catalog), R"({"version":1,"tables":[]})");
  EXPECT_THAT(refusal("pipelines.rollback", {{"name", "a"}}), HasSubstr("ORCH-0816"));
  EXPECT_THAT(refusal("pipelines.rollback", {{"name", "a"}, {"to", 7}}), HasSubstr("ORCH-0816"));
  EXPECT_THAT(refusal("pipelines.rollback", {{"name", "z"}}), HasSubstr("ORCH-0802"));
  EXPECT_EQ(perform("pipelines.rollback", {{"name", "a"}, {"to", 2}}).at("revision"), 2);
  EXPECT_EQ(comment_of_alias("a"), "two");
  EXPECT_THAT(deploy(project({{"a", 2}}, "two")), IsEmpty());
}

TEST_F(Deploy, RestoresAStateMachineThatAClientHasChanged) {
  deploy(project({{"a", 1}}));
  {
    const auto owner = store::open_as_owner(url_, "test");
    owner->machines().remove("a");
  }
  EXPECT_THAT(deploy(project({{"a", 1}})), ElementsAre("changed a"));
  EXPECT_EQ(comment_of_alias("a"), "one");
  EXPECT_EQ(store()->pipelines().find("a")->revision.number, 2);
}

TEST_F(Deploy, RefusesWhatIsOfSomebodyElse) {
  deploy(project({{"a", 1}}));
  auto other = project({{"a", 1}});
  other["project"] = "other";
  EXPECT_THAT(refusal("pipelines.deploy", other), HasSubstr("ORCH-0814"));
  auto dev = project({{"a", 1}});
  dev["environment"] = "dev";
  EXPECT_THAT(refusal("pipelines.deploy", dev), HasSubstr("ORCH-0815"));
  auto late = project({{"a", 2}});
  late["basis"] = json::text_member(perform("pipelines.plan", late), "basis");
  deploy(project({{"a", 3}}));
  EXPECT_THAT(refusal("pipelines.deploy", late), HasSubstr("ORCH-0817"));
  EXPECT_EQ(store()->pipelines().find("a")->revision.number, 2);
}

TEST_F(Deploy, RefusesWhatItCannotRead) {
  auto wrong = project({{"a", 1}});
  wrong["files"].as_object()["../outside.json"] = "{}";
  wrong["pipelines"].as_object()["b c"] = bj::object{{"document", bj::object()}};
  const auto refused = [&] {
    try {
      perform("pipelines.deploy", wrong);
      return std::string("nothing");
    } catch (const InvalidDocument& error) {
      std::string all = error.code();
      for (const auto& problem : error.problems())
        all += "\n" + problem.pointer + ": " + problem.message;
      return all;
    }
  }();
  EXPECT_THAT(refused, HasSubstr("ORCH-0804"));
  EXPECT_THAT(refused, HasSubstr("\"../outside.json\" is no name of a file"));
  EXPECT_THAT(refused, HasSubstr("\"b c\" is no name of a pipeline"));
  EXPECT_THAT(refused, HasSubstr("/pipelines/b c/document: the field workflow is required"));
}

}  // namespace
}  // namespace orch::host
