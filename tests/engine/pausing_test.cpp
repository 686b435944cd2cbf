// Runs that nothing continues but their resume.
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/engine_fixture.h"

namespace orch::engine {
namespace {

using execution::Status;

constexpr const char* two_steps =
    R"("A":{"Type":"Task","Resource":"orch:first","Next":"B"},
       "B":{"Type":"Task","Resource":"orch:second","End":true})";
constexpr const char* map_of_two =
    R"("A":{"Type":"Map","Label":"each","ItemsPath":"$.items","ItemProcessor":{
       "ProcessorConfig":{"Mode":"DISTRIBUTED"},"StartAt":"B",
       "States":{"B":{"Type":"Task","Resource":"orch:second","End":true}}},"End":true})";

class Pausing : public EngineTest {
 protected:
  Pausing() {
    end();
    add("orch:first", [](const auto&, auto&) { return boost::json::value(1); });
    add("orch:second", [this](const auto&, auto& context) {
      ++seconds_;
      while (hold_ && !context.stop_requested()) std::this_thread::sleep_for(Millis{2});
      if (context.stop_requested()) throw workers::Cancelled();
      return boost::json::value(2);
    });
    start();
  }

  ~Pausing() override { end(); }  // its workers use this fixture

  /// Starts a run, waits until `tasks` of its second step are at work, and pauses it in a process
  /// that ends.
  std::string paused(const std::string& states, const std::string& input, int tasks) {
    hold_ = true;
    seconds_ = 0;
    const auto run = engine_->submit(submission(states, input)).run_id;
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (seconds_ < tasks && std::chrono::steady_clock::now() < give_up)
      std::this_thread::sleep_for(Millis{2});
    EXPECT_EQ(seconds_, tasks);
    engine_->pause(run);
    engine_->drain(Millis{0});
    end();
    hold_ = false;
    seconds_ = 0;
    return run;
  }

  std::atomic<bool> hold_ = false;
  std::atomic<int> seconds_ = 0;
};

TEST_F(Pausing, TheNextEngineLeavesThePausedRunUntilItIsResumed) {
  const auto run = paused(two_steps, "{}", 1);
  start();
  EXPECT_EQ(this->run(R"("A":{"Type":"Pass","End":true})").status, Status::succeeded);
  EXPECT_EQ(engine_->wait(run).status, Status::running) << "does not block";
  EXPECT_TRUE(store_->find(run).paused_at);
  EXPECT_EQ(seconds_, 0) << "no task was delivered";
  EXPECT_EQ(engine_->redrive(run, {}), run);
  EXPECT_EQ(engine_->wait(run).status, Status::succeeded);
  EXPECT_EQ(seconds_, 1);
  const auto row = store::open_as_reader(path())->find(run);
  EXPECT_FALSE(row.paused_at);
  EXPECT_EQ(row.redrive_count, 0) << "the service's history has no pause";
  EXPECT_THAT(types(row), testing::Not(testing::Contains("ExecutionRedriven")));
}

TEST_F(Pausing, AnotherEngineMayPauseAndResumeAgain) {
  const auto run = paused(two_steps, "{}", 1);
  for (int round = 0; round < 2; ++round) {
    hold_ = true;
    start();
    engine_->redrive(run, {});
    engine_->pause(run);
    engine_->redrive(run, {});  // the last word counts
    EXPECT_FALSE(store::open_as_reader(path())->find(run).paused_at);
    engine_->pause(run);
    engine_->drain(Millis{0});
    end();
  }
  hold_ = false;
  start();
  engine_->redrive(run, {});
  EXPECT_EQ(engine_->wait(run).status, Status::succeeded);
}

TEST_F(Pausing, APausedRunIsStoppedWithoutMoving) {
  const auto run = paused(two_steps, "{}", 1);
  start();
  engine_->stop(run, "Enough", "for today");
  EXPECT_EQ(engine_->wait(run).status, Status::aborted);
  EXPECT_EQ(seconds_, 0) << "no task was delivered";
  EXPECT_FALSE(store::open_as_reader(path())->find(run).paused_at);
  engine_->redrive(run, {});
  EXPECT_EQ(engine_->wait(run).status, Status::succeeded);
}

TEST_F(Pausing, ItIsNotChangedWhilePaused) {
  const auto run = paused(two_steps, "{}", 1);
  start();
  EXPECT_EQ(code_of([&] { engine_->redrive(run, {"A", "", {}}); }), "ORCH-0205");
  EXPECT_EQ(seconds_, 0);
  EXPECT_TRUE(store::open_as_reader(path())->find(run).paused_at);
}

TEST_F(Pausing, TheChildrenOfADistributedMapRestWithIt) {
  const auto run = paused(map_of_two, R"({"items":[1,2]})", 2);
  start();
  this->run(R"("A":{"Type":"Pass","End":true})");
  EXPECT_EQ(seconds_, 0) << "no task of a child was delivered";
  store::ListFilter children;
  children.children = true;
  children.status = Status::running;
  for (const auto& row : store::open_as_reader(path())->list(children)) {
    if (!row.made.parent) continue;
    EXPECT_EQ(code_of([&] { engine_->redrive(row.made.run_id, {}); }), "ORCH-0205");
  }
  engine_->redrive(run, {});
  EXPECT_EQ(engine_->wait(run).output, "[2,2]");
  EXPECT_EQ(seconds_, 2);
}

TEST_F(Pausing, TheChildrenOfAPausedMapAreStoppedWithIt) {
  const auto run = paused(map_of_two, R"({"items":[1,2]})", 2);
  start();
  engine_->stop(run, "", "");
  engine_->wait_idle();
  store::ListFilter children;
  children.children = true;
  children.status = Status::running;
  EXPECT_TRUE(store::open_as_reader(path())->list(children).empty());
  EXPECT_EQ(seconds_, 0);
}

TEST_F(Pausing, ARunThatHasEndedIsNotPaused) {
  const auto run = this->run(R"("A":{"Type":"Pass","End":true})").made.run_id;
  engine_->pause(run);
  EXPECT_FALSE(store_->find(run).paused_at);
  EXPECT_EQ(code_of([&] { engine_->pause("nothing"); }), "ORCH-0203");
}

}  // namespace
}  // namespace orch::engine
