// Kills a process whose schedules fire at every point of a turn; after the next one, whose clock
// begins a little earlier, each fire time has one run or one reason.
#include <algorithm>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/store/open.h"
#include "tests/engine/fires_once.h"
#include "tests/engine/mortal.h"
#include "tests/support/temp_folder.h"

namespace orch::engine {
namespace {

constexpr int begin = 1'800'000'000, end = begin + 12, put_back = 3;

class PipelinesKill : public ::testing::TestWithParam<std::string> {
 protected:
  Ending victim(const std::string& store, int from, const std::string& fault) {
    return run_mortal(ORCH_PIPELINES_VICTIM, {store, std::to_string(from), std::to_string(end)},
                      fault);
  }

  void expect_all_once(const std::string& file) {
    const auto store = store::open_as_reader(file);
    expect_each_once(*store, Instant{std::chrono::seconds(begin)},
                     Instant{std::chrono::seconds(end)});
  }

  test::TempFolder folder_;
};

TEST_P(PipelinesKill, NeitherRepeatsNorLosesAFireTime) {
  bool died = false;
  for (const int pass : {1, 2, 4, 9, 22}) {
    const auto fault = fmt::format("{}:{}:kill", GetParam(), pass);
    SCOPED_TRACE(fault);
    const auto store = (folder_ / fmt::format("{}.db", pass)).string();
    const auto ending = victim(store, begin, fault);
    died = died || ending.killed();
    ASSERT_TRUE(ending.killed() || ending.succeeded()) << ending.output;
    if (ending.killed()) {
      const auto next = victim(store, begin, "");
      ASSERT_TRUE(next.succeeded()) << next.output;
    }
    const auto put_back_again = victim(store, end - put_back, "");
    ASSERT_TRUE(put_back_again.succeeded()) << put_back_again.output;
    expect_all_once(store);
  }
  EXPECT_TRUE(died) << "the point was never passed";
}

INSTANTIATE_TEST_SUITE_P(Points, PipelinesKill,
                         ::testing::Values("engine.before_commit", "engine.after_commit",
                                           "engine.before_dispatch", "engine.command",
                                           "engine.fire", "store.write", "store.commit",
                                           "store.committed"),
                         [](const auto& point) {
                           auto name = point.param;
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name;
                         });

}  // namespace
}  // namespace orch::engine
