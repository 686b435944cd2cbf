// Many callers, much work, and a store that refuses for a while.
#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/db/sqlite_db.h"
#include "tests/engine/engine_fixture.h"

namespace orch::engine {
namespace {

const std::string map_of_tasks =
    R"("A":{"Type":"Map","ItemProcessor":{"StartAt":"T","States":{"T":{"Type":"Task",)"
    R"("Resource":"orch:noop","End":true}}},"End":true})";

std::string numbers(int count) {
  std::string text = "[0";
  for (int i = 1; i < count; ++i) text += "," + std::to_string(i);
  return text + "]";
}

class EngineLoad : public EngineTest {};

TEST_F(EngineLoad, ManyThreadsSubmitAndWait) {
  std::vector<std::thread> callers;
  std::atomic<int> succeeded = 0;
  for (int caller = 0; caller < 8; ++caller)
    callers.emplace_back([&] {
      for (int i = 0; i < 10; ++i) {
        const auto row = run(map_of_tasks, numbers(20));
        if (row.status == execution::Status::succeeded && row.output == numbers(20)) ++succeeded;
      }
    });
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(succeeded, 80);
}

TEST_F(EngineLoad, TheSameNameFromManyThreadsIsOneRun) {
  auto made = submission(map_of_tasks, "[1]");
  made.name = "nightly";
  std::vector<std::future<Submitted>> all;
  for (int i = 0; i < 20; ++i) all.push_back(engine_->start(made));
  int created = 0;
  for (auto& one : all) created += one.get().existed ? 0 : 1;
  EXPECT_EQ(created, 1);
  engine_->wait_idle();
  EXPECT_EQ(store::open_as_reader(path())->list({}).size(), 1u);
}

TEST_F(EngineLoad, AMapLargerThanATurn) {
  const auto row = run(map_of_tasks, numbers(7'000));
  EXPECT_EQ(row.output, numbers(7'000));
  EXPECT_EQ(types(row).size(), 7'000u * 7 + 6) << "seven events an item";
}

TEST_F(EngineLoad, ARunThatNeverWaitsDoesNotStarveOthers) {
  const auto endless =
      engine_
          ->submit(submission(R"("A":{"Type":"Pass","Next":"C"},"C":{"Type":"Choice","Choices":)"
                              R"([{"Variable":"$.x","IsPresent":true,"Next":"Z"}],"Default":"A"},)"
                              R"("Z":{"Type":"Succeed"})"))
          .run_id;
  EXPECT_EQ(run(map_of_tasks, numbers(50)).status, execution::Status::succeeded);
  engine_->stop(endless, "Operator", "enough");
  EXPECT_EQ(engine_->wait(endless).status, execution::Status::aborted);
}

TEST_F(EngineLoad, AStoreLockedForAWhileOnlyDelays) {
  Gate gate;
  add("orch:gate", [&](const auto& task, auto&) {
    gate.pass();
    return task.input;
  });
  const auto id =
      engine_
          ->submit(submission(R"("A":{"Type":"Task","Resource":"orch:gate","Next":"B"},)"
                              R"("B":{"Type":"Wait","Seconds":1,"End":true})"))
          .run_id;
  gate.wait_for_arrivals(1);
  {
    sqlite::Database other(path());
    sqlite::Transaction holder(other);
    gate.open();
    auto late = engine_->start(submission(map_of_tasks, "[1,2]"));
    EXPECT_EQ(late.wait_for(std::chrono::milliseconds(1'200)), std::future_status::timeout);
  }
  const auto row = engine_->wait(id);
  EXPECT_EQ(row.status, execution::Status::succeeded);
  EXPECT_EQ(types(row).back(), "ExecutionSucceeded");
  engine_->wait_idle();
}

TEST_F(EngineLoad, AStoreLockedForTooLongEndsTheEngineNotTheRun) {
  Gate gate;
  add("orch:gate", [&](const auto& task, auto&) {
    gate.pass();
    return task.input;
  });
  const auto id =
      engine_->submit(submission(R"("A":{"Type":"Task","Resource":"orch:gate","End":true})"))
          .run_id;
  gate.wait_for_arrivals(1);
  {
    sqlite::Database other(path());
    sqlite::Transaction holder(other);
    gate.open();
    EXPECT_EQ(code_of([&] { engine_->wait(id); }), "ORCH-0210");
  }
  EXPECT_EQ(code_of([&] { engine_->submit(submission(map_of_tasks, "[1]")); }), "ORCH-0210");
  end();
  start();
  EXPECT_EQ(engine_->wait(id).status, execution::Status::succeeded);
}

}  // namespace
}  // namespace orch::engine
