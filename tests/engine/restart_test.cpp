// Kills, or fails, a process at every point of a turn; the next process must finish the run.
#include <fstream>
#include <map>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/store/open.h"
#include "tests/engine/mortal.h"
#include "tests/support/temp_folder.h"

namespace orch::engine {
namespace {

class Restart : public ::testing::TestWithParam<std::string> {
 protected:
  void begin_anew() {
    std::filesystem::remove(folder_ / "effects");
    for (const auto* suffix : {"", "-wal", "-shm"})
      std::filesystem::remove((folder_ / "runs.db").string() + suffix);
  }

  Ending victim(const std::string& fault) {
    return run_mortal(ORCH_VICTIM, {folder_ / "runs.db", folder_ / "effects"}, fault);
  }

  /// The run has succeeded with the one right result, and its history has no gaps.
  void expect_finished() {
    const auto store = store::open_as_reader(folder_ / "runs.db");
    const auto row = store->find("victim");
    EXPECT_EQ(row.status, execution::Status::succeeded);
    EXPECT_EQ(row.output, "[[1,2,3],[1,2,3]]");
    execution::EventId last = 0;
    std::map<std::string, int> seen;
    store->history(row.id, 0, [&](const execution::Event& event) {
      EXPECT_EQ(event.id, ++last);
      ++seen[std::string(to_string(event.type))];
    });
    EXPECT_EQ(seen["ExecutionStarted"], 1);
    EXPECT_EQ(seen["ExecutionSucceeded"], 1);
    EXPECT_EQ(seen["TaskScheduled"], 8);
    EXPECT_EQ(seen["TaskStarted"], 8);
    EXPECT_EQ(seen["TaskSubmitted"], 1);
    EXPECT_EQ(seen["TaskSucceeded"], 7);
    EXPECT_EQ(seen["TaskFailed"], 1);
    EXPECT_EQ(seen["MapIterationSucceeded"], 3);
    for (const auto* machine : {"alone", "waited for"}) {
      store::ListFilter started;
      started.workflow = machine;
      const auto rows = store->list(started);
      ASSERT_EQ(rows.size(), 1u) << machine;
      EXPECT_EQ(rows.front().status, execution::Status::succeeded);
    }
    expect_fences_grow();
  }

  /// A task delivered again has a larger fence than before.
  void expect_fences_grow() {
    std::ifstream effects(folder_ / "effects");
    std::map<std::pair<std::string, std::int64_t>, std::int64_t> fences;
    std::set<std::string> states;
    std::string run, state;
    for (std::int64_t ticket = 0, fence = 0; effects >> run >> state >> ticket >> fence;) {
      auto& before = fences[{run, ticket}];
      EXPECT_GT(fence, before) << state;
      before = fence;
      states.insert(state);
    }
    EXPECT_THAT(states, ::testing::ElementsAre("Broken", "First", "Inner", "Item", "Left"));
    EXPECT_EQ(fences.size(), 8u) << "every task once or more often";
  }

  test::TempFolder folder_;
};

TEST_P(Restart, AfterAKillTheNextProcessFinishes) {
  for (int pass = 1; pass <= 40; ++pass) {
    const auto fault = fmt::format("{}:{}:kill", GetParam(), pass);
    SCOPED_TRACE(fault);
    begin_anew();
    const auto ending = victim(fault);
    if (ending.succeeded()) {
      EXPECT_GT(pass, 1) << "the point was never passed";
      expect_finished();
      return;  // the run has fewer passes than this
    }
    ASSERT_TRUE(ending.killed()) << ending.output;
    const auto next = victim("");
    ASSERT_TRUE(next.succeeded()) << next.output;
    expect_finished();
  }
}

INSTANTIATE_TEST_SUITE_P(Points, Restart,
                         ::testing::Values("engine.before_commit", "engine.after_commit",
                                           "engine.before_dispatch", "engine.result_received",
                                           "engine.nested", "migrate.before_commit",
                                           "migrate.after_commit"),
                         [](const auto& point) {
                           auto name = point.param;
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name;
                         });

class StoreTrouble : public Restart {};

// What could not be committed is decided again in the same process.
TEST_P(StoreTrouble, ATurnThatFailsIsDecidedAgain) {
  for (int pass = 1; pass <= 12; ++pass) {
    const auto fault = fmt::format("{}:{}:throw", GetParam(), pass);
    SCOPED_TRACE(fault);
    begin_anew();
    const auto ending = victim(fault);
    ASSERT_TRUE(ending.succeeded()) << ending.output;
    expect_finished();
  }
}

INSTANTIATE_TEST_SUITE_P(Points, StoreTrouble,
                         ::testing::Values("engine.before_commit", "engine.result_received"),
                         [](const auto& point) {
                           auto name = point.param;
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name;
                         });

// After a commit there is no way back: the process ends, the next one carries on.
TEST_F(Restart, AFailureAfterACommitEndsTheEngine) {
  const auto ending = victim("engine.after_commit:3:throw");
  EXPECT_EQ(ending.output, "error fault injected at engine.after_commit\n");
  EXPECT_TRUE(victim("").succeeded());
  expect_finished();
}

}  // namespace
}  // namespace orch::engine
