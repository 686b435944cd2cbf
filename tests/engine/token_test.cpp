// Tasks that somebody outside completes.
#include <future>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/engine_fixture.h"

namespace orch::engine {
namespace {

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
  EXPECT_EQ(code_of([&] { engine_->report(task->token + "0", {})->get(); }), "ORCH-0213");
  end();
  start();  // the token outlives the process that gave it
  engine_->report(task->token, {TokenReport::Kind::success, "42", {}, {}})->get();
  EXPECT_EQ(engine_->wait(id).output, "42");
  EXPECT_EQ(code_of([&] { engine_->report(task->token, {})->get(); }), "ORCH-0214");
}

TEST_F(EngineTest, AnActivityTaskGivenBackGoesToTheNextWorker) {
  const auto id = engine_->submit(submission(activity_state())).run_id;
  const auto lost = engine_->take_activity_task(activity, "gone");
  ASSERT_TRUE(lost);
  engine_->give_back(lost->token);
  const auto task = engine_->take_activity_task(activity, "here");
  ASSERT_TRUE(task);
  EXPECT_EQ(task->token, lost->token);
  EXPECT_FALSE(engine_->take_activity_task(activity, "third"));
  engine_->report(task->token, {TokenReport::Kind::success, "1", {}, {}})->get();
  EXPECT_EQ(engine_->wait(id).output, "1");
  engine_->give_back(task->token);  // too late: no poller gets it
  EXPECT_FALSE(engine_->take_activity_task(activity, "fourth"));
}

TEST_F(EngineTest, AFailedActivityNeedNotSayWhy) {
  const auto id = engine_->submit(submission(activity_state())).run_id;
  const auto task = engine_->take_activity_task(activity, "me");
  ASSERT_TRUE(task);
  engine_->report(task->token, {TokenReport::Kind::failure, "", {}, {}})->get();
  const auto row = engine_->wait(id);
  EXPECT_EQ(row.status, execution::Status::failed);
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
  const auto reader = store::open_as_reader(path());  // the owner's store is the engine's
  while (true) {                                      // until the answer is committed
    std::vector<std::string> seen;
    reader->history(reader->find(id).id, 0, [&](const execution::Event& event) {
      seen.emplace_back(to_string(event.type));
    });
    if (seen.back() == "TaskSubmitted") break;
    std::this_thread::yield();
  }
  engine_->report(token, {TokenReport::Kind::success, R"({"ok":true})", {}, {}})->get();
  EXPECT_EQ(engine_->wait(id).output, R"({"ok":true})");
}

TEST_F(EngineTest, AReportBeforeTheServiceHasAnsweredIsRecordedAfterTheAnswer) {
  Gate gate;
  std::string token;
  add("arn:aws:states:::sqs:sendMessage.waitForTaskToken", [&](const auto& task, auto&) {
    token = task.input.at("t").as_string();
    gate.pass();
    return boost::json::value{{"MessageId", "1"}};
  });
  const auto id =
      engine_
          ->submit(submission(
              R"("A":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken",)"
              R"("Parameters":{"t.$":"$$.Task.Token"},"End":true})"))
          .run_id;
  gate.wait_for_arrivals(1);
  auto reported = std::async(std::launch::async, [&] {
    engine_->report(token, {TokenReport::Kind::success, "1", {}, {}})->get();
  });
  EXPECT_FALSE(engine_->take_activity_task(activity, "me")) << "others are answered meanwhile";
  gate.open();
  reported.get();
  const auto row = engine_->wait(id);
  EXPECT_EQ(row.output, "1");
  EXPECT_THAT(types(row),
              ::testing::ElementsAre("ExecutionStarted", "TaskStateEntered", "TaskScheduled",
                                     "TaskStarted", "TaskSubmitted", "TaskSucceeded",
                                     "TaskStateExited", "ExecutionSucceeded"));
}

}  // namespace
}  // namespace orch::engine
