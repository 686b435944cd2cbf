// The bound of a turn: what it leaves over must not be lost, whatever arrives in between.
#include <algorithm>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "orchestrator/asl/parse.h"
#include "orchestrator/execution/execution.h"

namespace orch::execution {
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

// A turn has to fit into memory and into the store, however large the payloads are.
TEST(Bytes, LargePayloadsBoundATurnToo) {
  const auto* states = R"({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"},
    "B": {"Type": "Choice", "Choices": [{"Variable": "$", "IsNull": true, "Next": "End"}],
          "Default": "A"}, "End": {"Type": "Succeed"}}})";
  Identity identity;
  constexpr std::size_t size = 1 << 18;
  identity.input = json::Payload::of_text('"' + std::string(size, 'x') + '"');
  Execution execution(asl::parse_or_throw(states, "definition"), identity);
  const auto events = execution.decide({Instant{}, 0, Start{}});
  EXPECT_TRUE(execution.has_more());
  EXPECT_GE(events.size(), 8u);
  EXPECT_LE(events.size(), 12u);
}

// Instead of a decision that cannot be made.
TEST(Break, EndsAnExecutionThatHasNotBegun) {
  Execution execution(asl::parse_or_throw(definition, "definition"), {});
  const auto events = execution.decide({Instant{}, 0, Break{{"States.Runtime", "why"}}});
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].type, EventType::execution_started);
  EXPECT_EQ(execution.status(), Status::failed);
  EXPECT_EQ(execution.cause(), "why");
  EXPECT_FALSE(execution.has_more());
}

// Whatever the event is that there is no room for, the history is as long as the quota.
TEST(Quota, AHistoryIsAsLongAsAllowedAndNotLonger) {
  const std::vector<std::pair<const char*, std::int64_t>> machines = {
      {R"({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"},
           "B": {"Type": "Pass", "Next": "C"}, "C": {"Type": "Succeed"}}})",
       8},
      {R"({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"},
           "B": {"Type": "Fail", "Error": "E"}}})",
       5},
      {R"({"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true, "Branches": [
           {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}},
           {"StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}}}]}}})",
       10}};
  for (const auto& [machine, whole] : machines) {
    for (std::int64_t most = 2; most <= whole + 1; ++most) {
      SCOPED_TRACE(std::string(machine) + " " + std::to_string(most));
      Identity identity;
      identity.quotas.events = most;
      Execution execution(asl::parse_or_throw(machine, "definition"), identity);
      const auto events = execution.decide({Instant{}, 0, Start{}});
      EXPECT_EQ(events.size(), static_cast<std::size_t>(std::min(most, whole)));
      EXPECT_EQ(events.back().id, std::min(most, whole));
      EXPECT_NE(execution.status(), Status::running);
      EXPECT_FALSE(execution.has_more());
      if (most < whole) {
        EXPECT_EQ(execution.cause(),
                  "The execution reached the maximum number of history events (" +
                      std::to_string(most) + ").");
      }
    }
  }
}

TEST_F(ContinueTest, StopLeavesNothingOver) {
  decide(Start{});
  ASSERT_TRUE(execution_.has_more());
  decide(Stop{"Operator", "enough"});
  EXPECT_FALSE(execution_.has_more());
}

}  // namespace
}  // namespace orch::execution
