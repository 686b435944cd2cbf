// Operations by name: done by the owner of the store when there is one, and otherwise by who asks.
#include "orchestrator/host/operations.h"

#include <future>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/base/error.h"
#include "orchestrator/host/owner.h"
#include "orchestrator/json/text.h"
#include "orchestrator/store/machines.h"
#include "orchestrator/store/open.h"
#include "orchestrator/store/pipelines.h"
#include "tests/support/temp_folder.h"

namespace orch::host {
namespace {

namespace bj = boost::json;
using ::testing::HasSubstr;

class OperationsTest : public ::testing::Test {
 protected:
  OperationsTest() {
    const auto store = store::open_as_owner(url_, "test");
    store->machines().transact([&] {
      auto& pipelines = store->pipelines();
      store::PipelineRevision revision;
      revision.document =
          R"({"workflow":"w","overlap":"allow","triggers":{"hourly":{"schedule":"@hourly"}}})";
      revision.workflow = "load";
      const std::string definition = R"({"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}})";
      revision.definition_hash = store::definition_hash(definition);
      // Its schedule does not fire in a test.
      pipelines.put({"load", "", pipelines.add_revision("load", revision, definition),
                     Instant{std::chrono::sys_days(std::chrono::year{2999} / 1 / 1)}});
    });
  }

  bj::object perform(const std::string& name, const bj::object& parameters) {
    return host::perform(url_, name, parameters, "test");
  }
  std::string code_of(const std::string& name, const bj::object& parameters) {
    try {
      perform(name, parameters);
    } catch (const Error& error) {
      return error.code();
    }
    return "";
  }
  std::unique_ptr<Owner> own() {
    return std::make_unique<Owner>(url_, "owner", 2, "", stepfunctions::Options{}, engine::Limits{},
                                   std::vector<monitor::Listener*>{}, Triggers::fire);
  }
  store::FireRow fire(const std::string& trigger, const std::string& key) {
    return store::open_as_reader(url_)
        ->pipelines()
        .fire("load", trigger, key)
        .value_or(store::FireRow{});
  }

  test::TempFolder folder_;
  std::string url_ = (folder_ / "runs.db").string();
};

TEST_F(OperationsTest, AreDoneByWhoAsksWhenThereIsNoOwner) {
  const auto paused =
      perform("pipelines.pause", {{"name", "load"}, {"by", "ada"}, {"note", "migration"}});
  EXPECT_EQ(paused.at("paused"), true);
  EXPECT_EQ(paused.at("note"), "migration");
  const auto again = perform("pipelines.pause", {{"name", "load"}, {"by", "bob"}});
  EXPECT_EQ(again.at("since"), paused.at("since")) << "since when does not change";
  EXPECT_EQ(perform("pipelines.resume", {{"name", "load"}}).at("paused"), false);
  EXPECT_FALSE(store::open_as_reader(url_)->pipelines().find("load")->paused);
}

TEST_F(OperationsTest, SayWhatIsWrongWithThem) {
  EXPECT_EQ(code_of("pipelines.pawse", {}), "ORCH-0007");
  EXPECT_EQ(code_of("pipelines.pause", {}), "ORCH-0804");
  EXPECT_EQ(code_of("pipelines.pause", {{"name", "load"}, {"notes", "x"}}), "ORCH-0804");
  EXPECT_EQ(code_of("pipelines.pause", {{"name", "lod"}}), "ORCH-0802");
  EXPECT_EQ(code_of("pipelines.run", {{"name", "load"}, {"at", "soon"}}), "ORCH-0804");
  const auto owner = own();  // and so it is when the owner says it
  EXPECT_EQ(code_of("pipelines.pause", {}), "ORCH-0804");
  EXPECT_EQ(code_of("pipelines.pause", {{"name", "lod"}}), "ORCH-0802");
  EXPECT_EQ(code_of("pipelines.run", {{"name", "lod"}}), "ORCH-0802");
  EXPECT_EQ(code_of("pipelines.backfill", {{"name", "load"}, {"from", "soon"}}), "ORCH-0805");
}

TEST_F(OperationsTest, ARunWaitsForAnOwnerAndIsOneForItsKey) {
  const bj::object asked{{"name", "load"}, {"key", "k"}, {"input", {{"full", true}}}};
  EXPECT_EQ(perform("pipelines.run", asked).at("outcome"), "queued");
  EXPECT_EQ(perform("pipelines.run", asked).at("again"), true);
  const auto owner = own();
  while (fire("manual", "k").run_id.empty()) std::this_thread::yield();
  const auto known = perform("pipelines.run", asked);
  EXPECT_EQ(known.at("again"), true);
  EXPECT_EQ(known.at("outcome"), "started");
  const auto row = owner->engine().wait(std::string(known.at("run").as_string()));
  EXPECT_EQ(row.status, execution::Status::succeeded);
  EXPECT_EQ(json::parse(row.made.input).at("full"), true);
  const auto other = perform("pipelines.run", {{"name", "load"}});
  EXPECT_EQ(other.at("outcome"), "started");
  EXPECT_NE(other.at("run"), known.at("run"));
}

TEST_F(OperationsTest, ABackfillLeavesTimesAloneThatHaveARun) {
  const bj::object asked{{"name", "load"},
                         {"from", "2026-03-01T00:00:00Z"},
                         {"to", "2026-03-01T04:00:00Z"},
                         {"at_once", 2}};
  const auto first = perform("pipelines.backfill", asked);
  EXPECT_EQ(first.at("fires"), 4);
  EXPECT_EQ(first.at("trigger"), "hourly");
  EXPECT_EQ(
      perform("pipelines.cancel_backfill", {{"name", "load"}, {"backfill", first.at("backfill")}})
          .at("cancelled"),
      4);
  const auto owner = own();
  EXPECT_EQ(perform("pipelines.backfill", asked).at("fires"), 4) << "what was cancelled has no run";
  owner->engine().wait_idle();
  for (const auto* hour : {"00", "01", "02", "03"})
    while (fire("hourly", fmt::format("2026-03-01T{}:00:00Z", hour)).run_id.empty())
      std::this_thread::yield();
  const auto third = perform("pipelines.backfill", asked);
  EXPECT_EQ(third.at("fires"), 0);
  EXPECT_EQ(third.at("left_alone"), 4);
  EXPECT_EQ(code_of("pipelines.cancel_backfill", {{"name", "load"}, {"backfill", 99}}),
            "ORCH-0805");
}

// A long one delays neither runs nor questions: the socket has several threads.
TEST_F(OperationsTest, AreAnsweredOneAfterTheOtherToManyWhoAsk) {
  const auto owner = own();
  std::vector<std::future<bj::object>> answers;
  for (int i = 0; i < 16; ++i)
    answers.push_back(std::async(std::launch::async, [&, i] {
      return perform("pipelines.run", {{"name", "load"}, {"key", std::to_string(i % 4)}});
    }));
  std::set<std::string> runs;
  for (auto& answer : answers) runs.emplace(answer.get().at("run").as_string());
  EXPECT_EQ(runs.size(), 4U);
}

}  // namespace
}  // namespace orch::host
