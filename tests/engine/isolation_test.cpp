// Every call that can throw throws once, in each of the ways there are: one run may fail with its
// reason, the others go on, and after a restart everything succeeds.
#include <cstdlib>
#include <map>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace orch::engine {
namespace {

/// What the pair printed, by the first word of each line.
using Outcomes = std::map<std::string, std::string>;

class Isolation : public ::testing::TestWithParam<std::string> {
 protected:
  /// Runs the pair under ORCH_FAULT=`fault` until it ends; `how`: "long" as its usage says. Empty
  /// when it did not end well.
  Outcomes pair(const std::string& fault, const std::string& how = "") {
    const auto command =
        fmt::format("ORCH_FAULT='{}' timeout 60 '{}' '{}' {} 2>'{}'", fault, ORCH_PAIR,
                    (folder_ / ".").string(), how, (folder_ / "log").string());
    auto* pipe = ::popen(command.c_str(), "r");
    std::string output;
    char buffer[4096];
    while (const auto size = std::fread(buffer, 1, sizeof buffer, pipe))
      output.append(buffer, size);
    Outcomes outcomes;
    if (::pclose(pipe) != 0) return outcomes;
    std::istringstream lines(output);
    for (std::string word, rest; lines >> word && std::getline(lines, rest);)
      outcomes[word] = rest.substr(std::min<std::size_t>(1, rest.size()));
    return outcomes;
  }

  void clear() {
    for (const auto* suffix : {"", "-wal", "-shm"})
      std::filesystem::remove((folder_ / "orch.db").string() + suffix);
    std::filesystem::remove_all(folder_ / "out");
  }

  static bool succeeded(const std::string& outcome) { return outcome.starts_with("SUCCEEDED"); }

  test::TempFolder folder_;
};

constexpr const char* runs[] = {"rich", "beside", "later"};
constexpr const char* actions[] = {"error", "memory", "refuse", "throw"};

TEST_P(Isolation, AFaultOfOneRunIsThatRuns) {
  for (int pass = 1; pass <= 120; pass += pass < 12 ? 1 : 5) {
    const auto fault = fmt::format("{}:{}:{}", GetParam(), pass, actions[pass % 4]);
    SCOPED_TRACE(fault);
    clear();
    auto outcomes = pair(fault);
    ASSERT_FALSE(outcomes.empty()) << "the process did not end well";
    int failed = 0;
    for (const auto* run : runs) {
      if (succeeded(outcomes[run])) continue;
      ++failed;
      EXPECT_THAT(outcomes[run], ::testing::MatchesRegex("(FAILED|REFUSED) .+")) << run;
    }
    EXPECT_LE(failed, 1) << outcomes["rich"] << "\n" << outcomes["beside"];
    auto next = pair("");
    ASSERT_FALSE(next.empty()) << "no restart";
    for (const auto* run : runs) EXPECT_TRUE(succeeded(next[run])) << run << ": " << next[run];
    if (outcomes["injected"] != "0") continue;
    EXPECT_GT(pass, 1) << "the point was never passed";
    return;  // there are fewer passes than this
  }
}

class Recovery : public Isolation {};

// What is to be continued may be damaged, or too large for the memory of this process.
TEST_F(Recovery, ARunThatCannotBeFoldedIsSetAside) {
  for (const auto* action : {"error", "memory", "refuse"}) {
    const auto fault = fmt::format("engine.fold:1:{}", action);
    SCOPED_TRACE(fault);
    clear();
    ASSERT_TRUE(pair("engine.before_dispatch:6:kill").empty());
    auto outcomes = pair(fault);
    ASSERT_EQ(outcomes["injected"], "1");
    int resting = 0;
    for (const auto* run : runs) {
      if (!succeeded(outcomes[run])) ++resting;
      EXPECT_THAT(outcomes[run], ::testing::AnyOf(::testing::StartsWith("SUCCEEDED"),
                                                  ::testing::StartsWith("ASIDE ")));
    }
    EXPECT_EQ(resting, 1);
    auto next = pair("");
    for (const auto* run : runs) EXPECT_TRUE(succeeded(next[run])) << run << ": " << next[run];
  }
}

// The rest is what an operator does who finds the service dead: start it again.
TEST_F(Recovery, ARunOverWhichTwoProcessesDiedDoesNotStopTheThird) {
  ASSERT_TRUE(pair("machine.wait:1:kill").empty());
  ASSERT_TRUE(pair("machine.wait:1:kill").empty());
  auto third = pair("machine.wait:1:kill");
  EXPECT_THAT(third["rich"],
              ::testing::StartsWith("ASIDE two processes in a row died while it was"));
  EXPECT_TRUE(succeeded(third["beside"])) << third["beside"];
  EXPECT_TRUE(succeeded(third["later"])) << third["later"];
  auto next = pair("");
  EXPECT_TRUE(succeeded(next["rich"])) << next["rich"];
}

// A decision that takes long is made on another thread, while others are made on the engine's.
TEST_F(Recovery, ALongDecisionOverWhichTwoProcessesDiedDoesNotStopTheThird) {
  const auto* kill = "engine.long_decision:1:kill";
  // Now the run is in the store, and perhaps this was its first death: its decision may have begun.
  ASSERT_TRUE(pair("engine.after_commit:1:kill", "long").empty());
  ASSERT_TRUE(pair(kill, "long").empty());
  pair(kill, "long");
  // A fault that does not come: on a busy machine the decision of any run may take long.
  auto third = pair("engine.long_decision:1000000:kill", "long");
  EXPECT_THAT(third["rich"],
              ::testing::StartsWith("ASIDE two processes in a row died while it was"));
  EXPECT_TRUE(succeeded(third["later"])) << third["later"];
  auto next = pair("", "long");
  for (const auto* run : runs) EXPECT_TRUE(succeeded(next[run])) << run << ": " << next[run];
}

// Both are being decided when the first process dies. In the second one only one is, at a time.
TEST_F(Recovery, OfTwoLongDecisionsOnlyTheOneAtWorkAtBothDeathsIsSetAside) {
  const auto* kill = "engine.long_decision:2:kill";
  ASSERT_TRUE(pair(kill, "two").empty());
  pair(kill, "two");
  // A fault that does not come, so that what is set aside is seen.
  auto third = pair("engine.long_decision:1000000:kill", "two");
  ASSERT_FALSE(third.empty());
  int aside = 0;
  for (const auto* run : runs) {
    if (third[run].starts_with("ASIDE "))
      ++aside;
    else
      EXPECT_TRUE(succeeded(third[run])) << run << ": " << third[run];
  }
  EXPECT_LE(aside, 1) << third["rich"] << "\n" << third["beside"];
  auto next = pair("", "two");
  for (const auto* run : runs) EXPECT_TRUE(succeeded(next[run])) << run << ": " << next[run];
}

TEST_F(Recovery, OneDeathIsNoReason) {
  ASSERT_TRUE(pair("machine.wait:1:kill").empty());
  // Nothing is kept of it: what is decided until the Wait is decided once more.
  ASSERT_TRUE(pair("engine.before_commit:1:kill").empty());
  ASSERT_TRUE(pair("machine.wait:1:kill").empty());
  auto next = pair("");
  EXPECT_TRUE(succeeded(next["rich"])) << next["rich"];
}

INSTANTIATE_TEST_SUITE_P(Points, Isolation,
                         ::testing::Values("engine.command", "engine.decide", "engine.evolve",
                                           "engine.map_run", "engine.reader", "engine.writer",
                                           "engine.child", "engine.dispatch",
                                           "engine.result_received", "reader.open", "reader.next",
                                           "writer.open", "writer.page", "results.before_file",
                                           "results.before_manifest", "store.encode",
                                           "store.commit", "store.committed", "store.write"),
                         [](const auto& point) {
                           auto name = point.param;
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name;
                         });

}  // namespace
}  // namespace orch::engine
