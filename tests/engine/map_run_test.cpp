// Map states in Mode DISTRIBUTED, and tasks that somebody outside completes.
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/engine_fixture.h"

namespace orch::engine {
namespace {

using ::testing::ElementsAre;

/// A Map whose iterations run `resource`; `more` are further fields of the state.
std::string distributed(const std::string& resource, const std::string& more = "") {
  return fmt::format(
      R"("A":{{"Type":"Map","ItemProcessor":{{"ProcessorConfig":{{"Mode":"DISTRIBUTED"}},)"
      R"("StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"{}","End":true}}}}}}{},"End":true}})",
      resource, more);
}

TEST_F(EngineTest, IterationsOfADistributedMapAreRunsOfTheirOwn) {
  const auto row =
      run(distributed("orch:noop", R"(,"Label":"each","MaxConcurrency":2)"), "[5,6,7]");
  EXPECT_EQ(row.output, "[5,6,7]");
  EXPECT_THAT(types(row), ElementsAre("ExecutionStarted", "MapStateEntered", "MapStateStarted",
                                      "MapRunStarted", "MapRunSucceeded", "MapStateSucceeded",
                                      "MapStateExited", "ExecutionSucceeded"));
  store::ListFilter children;
  children.children = true;
  children.workflow = "test/each";
  EXPECT_EQ(store_->list(children).size(), 3u);
  EXPECT_EQ(store_->list({}).size(), 1u) << "they are not listed among the others";
}

TEST_F(EngineTest, ADistributedMapWorksInBatches) {
  const auto row = run(distributed("orch:noop", R"(,"ItemBatcher":{"MaxItemsPerBatch":2,)"
                                                R"("BatchInput":{"k":1}})"),
                       "[1,2,3]");
  EXPECT_EQ(row.output,
            R"([{"BatchInput":{"k":1},"Items":[1,2]},{"BatchInput":{"k":1},"Items":[3]}])");
}

TEST_F(EngineTest, FailuresOfADistributedMapAreToleratedUpToTheLimit) {
  add("orch:odd", [](const auto& task, auto&) -> boost::json::value {
    if (task.input.as_int64() % 2 == 1) throw workers::TaskFailed("Odd", "odd");
    return task.input;
  });
  const auto tolerated = run(distributed("orch:odd", R"(,"ToleratedFailureCount":2)"), "[1,2,3,4]");
  EXPECT_EQ(tolerated.output, "[2,4]");
  const auto exceeded = run(distributed("orch:odd", R"(,"ToleratedFailureCount":1)"), "[1,2,3,4]");
  EXPECT_EQ(exceeded.status, machine::Status::failed);
  EXPECT_EQ(exceeded.error, "States.ExceedToleratedFailureThreshold");
  const auto share =
      run(distributed("orch:odd", R"(,"ToleratedFailurePercentage":50)"), "[1,2,3,4]");
  EXPECT_EQ(share.output, "[2,4]");
  const auto either =
      run(distributed("orch:odd", R"(,"ToleratedFailureCount":1,"ToleratedFailurePercentage":100)"),
          "[1,2,3,4]");
  EXPECT_EQ(either.error, "States.ExceedToleratedFailureThreshold") << "one limit is enough";
}

TEST_F(EngineTest, ADistributedMapGoesOnAfterARestart) {
  Gate gate;
  add("orch:gate", [&](const auto& task, auto&) {
    gate.pass();
    return task.input;
  });
  const auto id = engine_->submit(submission(distributed("orch:gate"), "[1,2,3,4,5,6,7,8]")).run_id;
  gate.wait_for_arrivals(1);
  gate.open();
  end();
  start();
  EXPECT_EQ(engine_->wait(id).output, "[1,2,3,4,5,6,7,8]");
}

TEST_F(EngineTest, StoppingTheRunStopsItsIterations) {
  Gate gate;
  add("orch:gate", [&](const auto& task, auto&) {
    gate.pass();
    return task.input;
  });
  const auto id = engine_->submit(submission(distributed("orch:gate"), "[1,2]")).run_id;
  gate.wait_for_arrivals(2);
  engine_->stop(id, "", "");
  gate.open();
  engine_->wait_idle();
  store::ListFilter running;
  running.status = machine::Status::running;
  running.children = true;
  EXPECT_EQ(store_->list(running).size(), 0u);
}

constexpr const char* activity = "arn:aws:states:us-east-1:123456789012:activity:pick";

std::string activity_state(const std::string& more = "") {
  return fmt::format(R"("A":{{"Type":"Task","Resource":"{}"{},"End":true}})", activity, more);
}

TEST_F(EngineTest, AnActivityIsTakenOnceAndCompletedByItsToken) {
  const auto id = engine_->submit(submission(activity_state(), R"({"x":1})")).run_id;
  const auto task = engine_->take_activity_task(activity, "me");
  ASSERT_TRUE(task);
  EXPECT_EQ(task->input, R"({"x":1})");
  EXPECT_FALSE(engine_->take_activity_task(activity, "you"));
  EXPECT_EQ(code_of([&] { engine_->report(task->token + "0", {}); }), "ORCH-0213");
  end();
  start();  // the token outlives the process that gave it
  engine_->report(task->token, {TokenReport::Kind::success, "42", {}, {}});
  EXPECT_EQ(engine_->wait(id).output, "42");
  EXPECT_EQ(code_of([&] { engine_->report(task->token, {}); }), "ORCH-0214");
}

TEST_F(EngineTest, AFailedActivityNeedNotSayWhy) {
  const auto id = engine_->submit(submission(activity_state())).run_id;
  const auto task = engine_->take_activity_task(activity, "me");
  ASSERT_TRUE(task);
  engine_->report(task->token, {TokenReport::Kind::failure, "", {}, {}});
  const auto row = engine_->wait(id);
  EXPECT_EQ(row.status, machine::Status::failed);
  EXPECT_FALSE(row.error);
}

TEST_F(EngineTest, ACallbackWaitsForItsTokenAfterTheServiceHasAnswered) {
  std::string token;
  add("arn:aws:states:::sqs:sendMessage.waitForTaskToken", [&](const auto& task, auto&) {
    token = task.input.at("t").as_string();
    return boost::json::value{{"MessageId", "1"}};
  });
  const auto id =
      engine_
          ->submit(submission(
              R"("A":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken",)"
              R"("Parameters":{"t.$":"$$.Task.Token"},"End":true})"))
          .run_id;
  while (true) {  // until the answer is committed
    std::vector<std::string> seen;
    store_->history(store_->find(id).id, 0,
                    [&](const machine::Event& event) { seen.emplace_back(to_string(event.type)); });
    if (seen.back() == "TaskSubmitted") break;
    std::this_thread::yield();
  }
  engine_->report(token, {TokenReport::Kind::success, R"({"ok":true})", {}, {}});
  EXPECT_EQ(engine_->wait(id).output, R"({"ok":true})");
}

}  // namespace
}  // namespace orch::engine
