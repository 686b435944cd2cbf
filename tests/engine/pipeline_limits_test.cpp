// How much of a pipeline goes on at a time, and which of two goes first, in an engine.
#include <algorithm>
#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/needing.h"
#include "tests/engine/pipelines_fixture.h"

namespace orch::engine {
namespace {

using ::testing::ElementsAre;

/// All runs overlap, so that limits alone keep them.
class PipelineLimitsTest : public PipelinesTest {
 protected:
  PipelineLimitsTest() {
    TestNeeding::of(registry_);
    add("orch:work", [this](const workers::Task& task, workers::TaskContext&) {
      most_at_work_ = std::max(most_at_work_.load(), ++at_work_);
      note(task.input);
      gate_.pass();
      --at_work_;
      return task.input;
    });
  }

  void deploy_limited(const std::string& name, const std::string& limits) {
    deploy(name, R"(,"overlap":"allow","limits":)" + limits);
  }
  void deploy_working(const std::string& name, const std::string& limits) {
    deploy(name, R"(,"overlap":"allow","limits":)" + limits,
           R"({"Type":"Task","Resource":"orch:work","End":true})");
  }
  void note(const boost::json::value& input) {
    const std::scoped_lock lock(mutex_);
    begun_.emplace_back(input.at("trigger").at("pipeline").as_string());
  }
  /// Until the task of the run is scheduled.
  void wait_for_task_of(const std::string& run) {
    const auto id = beside_->find(run).id;
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    for (bool scheduled = false; !scheduled;) {
      ASSERT_LT(std::chrono::steady_clock::now(), give_up);
      beside_->history(id, 0, [&](const execution::Event& event) {
        scheduled = scheduled || event.type == execution::EventType::task_scheduled;
      });
      std::this_thread::sleep_for(Millis{1});
    }
  }
  std::vector<std::string> begun() {
    const std::scoped_lock lock(mutex_);
    return begun_;
  }

  Gate gate_;
  std::atomic<int> at_work_ = 0, most_at_work_ = 0;
  std::mutex mutex_;
  std::vector<std::string> begun_;  ///< pipelines of the tasks, in their order
};

TEST_F(PipelineLimitsTest, NoMoreRunsOfAPipelineThanItAllows) {
  deploy_limited("load", R"({"runs":2})");
  deploy_limited("other", R"({"runs":1})");
  for (const auto* key : {"1", "2", "3", "4"}) fire("load", key);
  fire("other", "1");
  settle();
  EXPECT_THAT(under_way(), ElementsAre("load 1", "load 2", "other 1"));
  finish("load", "2");
  EXPECT_THAT(under_way(), ElementsAre("load 1", "load 3", "other 1"));
  finish("load", "1");
  finish("load", "3");
  EXPECT_THAT(under_way(), ElementsAre("load 4", "other 1"));
}

TEST_F(PipelineLimitsTest, RunsThatWaitGoOnAfterARestart) {
  deploy_limited("load", R"({"runs":1})");
  for (const auto* key : {"1", "2"}) fire("load", key);
  settle();
  begin();
  settle();
  EXPECT_THAT(under_way(), ElementsAre("load 1"));
  finish("load", "1");
  EXPECT_THAT(under_way(), ElementsAre("load 2"));
}

TEST_F(PipelineLimitsTest, NoMoreTasksOfATagThanThePipelineAllows) {
  deploy_working("load", R"({"tags":{"orch:work":2}})");
  deploy_working("other", R"({"tags":{"orch:work":1}})");
  std::vector<std::string> runs;
  for (const auto* key : {"1", "2", "3", "4", "5"}) runs.push_back(fire("load", key).fire.run_id);
  runs.push_back(fire("other", "1").fire.run_id);
  runs.push_back(fire("other", "2").fire.run_id);
  gate_.wait_for_arrivals(3);
  gate_.open();
  for (const auto& run : runs) EXPECT_EQ(engine_->wait(run).status, execution::Status::succeeded);
  EXPECT_EQ(most_at_work_, 3) << "two of the one, one of the other";
}

// The tasks need nothing that is limited: they wait for threads. One is let go at a time, so that
// the thread which it leaves takes the next.
TEST_F(PipelineLimitsTest, AnUrgentPipelineIsFirstWhereThreadsAreScarce) {
  deploy_working("slow", R"({"priority":-1})");
  deploy_working("urgent", R"({"priority":5})");
  std::vector<std::string> runs;
  for (const auto* key : {"1", "2", "3", "4", "5", "6", "7", "8"})
    runs.push_back(fire("slow", key).fire.run_id);
  constexpr int threads = 5;  // four, and the one beside them
  gate_.wait_for_arrivals(threads);
  for (const auto* key : {"1", "2"}) runs.push_back(fire("urgent", key).fire.run_id);
  for (const auto& run : runs) wait_for_task_of(run);
  engine_->take_activity_task(activity, "test");  // another turn: what was committed is queued
  for (int more = 1; more <= 5; ++more) {
    gate_.let_one_go();
    gate_.wait_for_arrivals(threads + more);
  }
  EXPECT_THAT(begun(), ElementsAre("slow", "slow", "slow", "slow", "slow", "urgent", "urgent",
                                   "slow", "slow", "slow"));
  gate_.open();
  for (const auto& run : runs) EXPECT_EQ(engine_->wait(run).status, execution::Status::succeeded);
}

}  // namespace
}  // namespace orch::engine
