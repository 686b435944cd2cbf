// The bound of a turn: what it leaves over must not be lost, whatever arrives in between.
#include <gtest/gtest.h>

#include "orchestrator/asl/parse.h"
#include "orchestrator/machine/execution.h"

namespace orch::machine {
namespace {

// Each item passes one state before its task, so a bounded turn leaves threads between the two.
constexpr auto definition = R"({"StartAt": "All", "States": {"All": {"Type": "Map", "End": true,
  "ItemProcessor": {"StartAt": "First", "States": {
    "First": {"Type": "Pass", "Next": "Second"},
    "Second": {"Type": "Task", "Resource": "test:echo", "End": true}}}}}})";

class ContinueTest : public ::testing::Test {
 protected:
  ContinueTest() : execution_(asl::parse_or_throw(definition, "definition"), identity()) {}

  static Identity identity() {
    Identity made;
    std::string input = "[0";
    for (int i = 1; i < 2'500; ++i) input += ',' + std::to_string(i);
    made.input = json::Payload::of_text(input + ']');
    return made;
  }

  void decide(decltype(Stimulus::what) what) { execution_.decide({Instant{}, 0, std::move(what)}); }

  Execution execution_;
};

TEST_F(ContinueTest, ResultDoesNotHideWaitingThreads) {
  decide(Start{});
  decide(Continue{});
  ASSERT_TRUE(execution_.has_more());
  const auto open = execution_.open_tasks();
  ASSERT_FALSE(open.empty());
  decide(TaskDone{open.front().ticket, json::Payload()});
  EXPECT_TRUE(execution_.has_more());
}

TEST_F(ContinueTest, AllItemsEndWhenResultsComeBetweenTurns) {
  decide(Start{});
  for (int turn = 0; turn < 100 && execution_.status() == Status::running; ++turn) {
    for (const auto& task : execution_.open_tasks()) decide(TaskDone{task.ticket, task.parameters});
    if (execution_.has_more()) decide(Continue{});
  }
  EXPECT_EQ(execution_.status(), Status::succeeded);
  EXPECT_FALSE(execution_.has_more());
}

TEST_F(ContinueTest, StopLeavesNothingOver) {
  decide(Start{});
  ASSERT_TRUE(execution_.has_more());
  decide(Stop{"Operator", "enough"});
  EXPECT_FALSE(execution_.has_more());
}

}  // namespace
}  // namespace orch::machine
