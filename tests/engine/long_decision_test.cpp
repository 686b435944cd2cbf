// Long evaluations delay no other run.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/engine_fixture.h"

namespace orch::engine {
namespace {

/// A Pass state whose Output takes some 10 steps a round.
std::string counting(const std::string& name, int rounds, const std::string& next) {
  return fmt::format(
      R"("{}":{{"Type":"Pass","QueryLanguage":"JSONata","Output":)"
      R"("{{% ($f := function($n) {{ $n = 0 ? 'done' : $f($n - 1) }}; $f({})) %}}",{}}})",
      name, rounds, next);
}

constexpr const char* last = R"("End":true)";
constexpr int moderate = 60'000;  // longer than a turn gives one decision
constexpr int endless = 400'000;

TEST_F(EngineTest, ALongEvaluationGivesWhatAShortOneGives) {
  const auto row = run(counting("A", moderate, last));
  EXPECT_EQ(row.status, execution::Status::succeeded);
  EXPECT_EQ(row.output, R"("done")");
  EXPECT_THAT(types(row), ::testing::ElementsAre("ExecutionStarted", "PassStateEntered",
                                                 "PassStateExited", "ExecutionSucceeded"));
}

TEST_F(EngineTest, OthersGoOnBesideALongEvaluation) {
  const auto bomb = engine_->submit(submission(counting("A", endless, last)));
  const auto other = run(R"("A":{"Type":"Task","Resource":"orch:noop","Next":"B"},)"
                         R"("B":{"Type":"Task","Resource":"orch:noop","End":true})");
  EXPECT_EQ(other.status, execution::Status::succeeded);
  EXPECT_EQ(store::open_as_reader(path())->find(bomb.run_id).status, execution::Status::running);
  engine_->stop(bomb.run_id, "Enough", "");
  EXPECT_EQ(engine_->wait(bomb.run_id).status, execution::Status::aborted);
}

TEST_F(EngineTest, WhatComesDuringALongEvaluationIsDecidedAfterIt) {
  Gate gate;
  add("orch:gate", [&](const auto& task, auto&) {
    gate.pass();
    return task.input;
  });
  const auto branch = [](const std::string& first, const std::string& states) {
    return fmt::format(R"({{"StartAt":"{}","States":{{{}}}}})", first, states);
  };
  const auto id = engine_->submit(submission(
      fmt::format(R"("A":{{"Type":"Parallel","Branches":[{},{}],"End":true}})",
                  branch("T", R"("T":{"Type":"Task","Resource":"orch:noop","Next":"L"},)" +
                                  counting("L", moderate, last)),
                  branch("G", R"("G":{"Type":"Task","Resource":"orch:gate","End":true})")),
      R"({"a":1})"));
  gate.wait_for_arrivals(1);
  gate.open();
  EXPECT_EQ(engine_->wait(id.run_id).output, R"(["done",{"a":1}])");
}

TEST_F(EngineTest, ALongEvaluationBeginsAgainWithTheNextEngine) {
  const auto id = engine_->submit(submission(counting("A", moderate, last)));
  end();
  start();
  EXPECT_EQ(engine_->wait(id.run_id).output, R"("done")");
}

}  // namespace
}  // namespace orch::engine
