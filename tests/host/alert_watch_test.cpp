// What a watch does because a run of a pipeline has failed, past restarts.
#include "orchestrator/host/alert_watch.h"

#include <gmock/gmock.h>

#include "orchestrator/base/wall_clock.h"
#include "orchestrator/store/pipelines.h"
#include "tests/engine/engine_fixture.h"

namespace orch::host {
namespace {

constexpr const char* definition = R"({"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}})";

class AlertWatchTest : public engine::EngineTest {
 protected:
  void deploy(const std::string& name, const std::string& document) {
    auto beside = store::open_beside_owner(path());
    store::PipelineRevision revision;
    revision.document = document;
    revision.workflow = name;
    revision.definition_hash = store::definition_hash(definition);
    revision.made_at = wall_now();
    const auto added = beside->pipelines().add_revision(name, revision, definition);
    beside->pipelines().put({name, "", added, wall_now()});
  }

  /// A run of the pipeline that fails an hour from now: later than whatever was evaluated.
  void add_failed_run(const std::string& pipeline, const std::string& input = "{}") {
    end();
    {
      const auto owner = store::open_as_owner(path(), "test");
      auto turn = owner->begin();
      store::NewExecution made;
      made.run_id = made.name = "failed-" + pipeline;
      made.workflow = pipeline;
      made.definition_hash = store::definition_hash(definition);
      made.input = input;
      made.started_at = wall_now();
      made.pipeline = {pipeline, 1, "nightly", "schedule", made.started_at};
      store::ExecutionRow row;
      row.id = turn->add(made);
      row.made = made;
      row.status = execution::Status::failed;
      row.ended_at = made.started_at + std::chrono::hours(1);
      row.error = "Source.Gone";
      turn->set_outcome(row);
      turn->commit();
    }
    start();
  }

  void watch(AlertPlan plan) {
    plan.group = std::chrono::seconds(0);
    plan.channels["ops"] = [this](const std::string&, const boost::json::object& message,
                                  const auto&) {
      const std::scoped_lock lock(mutex_);
      titles_.emplace_back(message.at("title").as_string());
    };
    watch_ = std::make_unique<AlertWatch>(*engine_, path(), std::move(plan),
                                          [] { return std::nullopt; });
  }

  template <class Condition>
  bool eventually(const Condition& condition) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (std::chrono::steady_clock::now() < give_up) {
      if (condition()) return true;
      std::this_thread::sleep_for(Millis(20));
    }
    return false;
  }

  std::vector<store::ExecutionRow> runs_of(const std::string& workflow) {
    store::ListFilter filter;
    filter.workflow = workflow;
    return store::open_as_reader(path())->list(filter);
  }
  std::vector<std::string> titles() {
    const std::scoped_lock lock(mutex_);
    return titles_;
  }

  std::mutex mutex_;
  std::vector<std::string> titles_;
  std::unique_ptr<AlertWatch> watch_;
};

TEST_F(AlertWatchTest, StartsAnotherPipelineOnce) {
  deploy(
      "load",
      R"({"workflow":"w","on_failure":{"pipeline":"cleanup"},"alerts":[{"on":"failed","to":["ops"]}]})");
  deploy("cleanup", R"({"workflow":"w"})");
  watch({});
  ASSERT_TRUE(eventually([&] { return !store::open_alerts_as_reader(path())->states().empty(); }));
  watch_.reset();
  add_failed_run("load");
  watch({});
  ASSERT_TRUE(eventually([&] { return runs_of("cleanup").size() == 1 && !titles().empty(); }));
  watch_.reset();
  end();
  start();
  watch({});
  ASSERT_TRUE(eventually(
      [&] { return store::open_alerts_as_reader(path())->pending_deliveries(9).empty(); }));
  EXPECT_EQ(runs_of("cleanup").size(), 1u);
  EXPECT_THAT(titles(), testing::ElementsAre("pipeline:load: failed"));
  EXPECT_THAT(runs_of("cleanup")[0].made.input, testing::HasSubstr(R"("error":"Source.Gone")"));
  watch_.reset();
}

TEST_F(AlertWatchTest, TellsNobodyOfAFailureThatIsResumed) {
  deploy(
      "load",
      R"({"workflow":"w","on_failure":{"resume":1,"after":"1h"},"alerts":[{"on":"failed","to":["ops"]}]})");
  watch({});
  ASSERT_TRUE(eventually([&] { return !store::open_alerts_as_reader(path())->states().empty(); }));
  watch_.reset();
  add_failed_run("load");
  watch({});
  ASSERT_TRUE(eventually(
      [&] { return store::open_alerts_as_reader(path())->pending_deliveries(9).size() == 1; }));
  const auto row = store::open_alerts_as_reader(path())->pending_deliveries(9)[0];
  EXPECT_EQ(row.kind, store::DeliveryKind::resume);
  EXPECT_EQ(row.target, "failed-load");
  EXPECT_GT(row.due_at, wall_now());
  EXPECT_TRUE(titles().empty());
  watch_.reset();
}

TEST_F(AlertWatchTest, EndsChainsOfFailures) {
  deploy("load", R"({"workflow":"w","on_failure":{"pipeline":"load"}})");
  watch({});
  ASSERT_TRUE(eventually([&] { return !store::open_alerts_as_reader(path())->states().empty(); }));
  watch_.reset();
  add_failed_run("load", R"({"failure":{"chain":5}})");
  watch({});
  ASSERT_TRUE(eventually([&] {
    const auto states = store::open_alerts_as_reader(path())->states();
    return states.contains("cursor") &&
           states.at("cursor").find("failed-load") != std::string::npos;
  }));
  EXPECT_TRUE(store::open_alerts_as_reader(path())->deliveries(9).empty());
  watch_.reset();
}

TEST(Fits, AStarStandsForAnyText) {
  const struct {
    const char* pattern;
    const char* name;
    bool fits;
  } cases[] = {{"load", "load", true},   {"load", "loads", false}, {"load*", "load", true},
               {"load*", "loads", true}, {"*", "", true},          {"*a*b", "xaxb", true},
               {"*a*b", "xbxa", false},  {"a*a", "a", false}};
  for (const auto& [pattern, name, expected] : cases)
    EXPECT_EQ(fits(pattern, name), expected) << pattern << ' ' << name;
}

}  // namespace
}  // namespace orch::host
