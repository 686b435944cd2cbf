// A week of schedules with a clock that the test sets: restarts, downtimes, clock steps, pauses and
// runs that take long, at random. Whatever happens, each fire time of the week has exactly one run
// or one recorded reason.
#include <algorithm>
#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/pipeline/document.h"
#include "tests/engine/pipelines_fixture.h"

namespace orch::engine {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

struct Week {
  const char* name;
  std::chrono::sys_days begin;
  unsigned seed;
};

struct Simulated {
  const char* name;
  const char* members;
  bool alone;  ///< no two of its runs are under way at once
};

constexpr Simulated pipelines[] = {
    {"quarter", R"("overlap":"skip","triggers":{"q":{"schedule":"@every 15m","catch_up":"40m"}})",
     true},
    {"hourly",
     R"("overlap":"queue_one","triggers":{"h":{"schedule":"0 * * * *","zone":"Europe/Berlin"}})",
     true},
    {"nightly",
     R"("overlap":"queue_all","triggers":{"n":{"schedule":"30 2 * * *","zone":"Europe/Berlin",
        "jitter":"10m","catch_up":"3h"},"z":{"schedule":"0 0,12 * * *","zone":"Asia/Kathmandu"}})",
     true},
    {"desk",
     R"("overlap":"cancel_running","triggers":{"d":{"schedule":"*/30 6-18/3 * * *",
        "zone":"America/New_York","business_days":"skip","holidays":["2027-03-26"]}})",
     true},
    {"free",
     R"("overlap":"allow","triggers":{"a":{"schedule":"*/20 * * * *","zone":"Europe/Berlin"},
        "b":{"schedule":"5 */2 * * *","start":"2026-10-21","catch_up":"1h"}})",
     false},
};

class WeekTest : public PipelinesTest, public ::testing::WithParamInterface<Week> {
 protected:
  WeekTest() { now_ = Instant{begin_}; }

  int random(int below) { return std::uniform_int_distribution(0, below - 1)(random_); }
  bool happens(int once_in) { return random(once_in) == 0; }

  void simulate() {
    for (const auto& each : pipelines) deploy(each.name, std::string(",") + each.members);
    while (now_.load() < end_) {
      pass(minutes(1 + random(14)));
      trouble();
      settle();
      for (const auto& name : under_way())
        if (happens(3)) finish_named(name);
      expect_alone();
    }
    now_ = latest_;  // it may have been put back
    for (int i = 0; i < 20; ++i) settle();
  }

  void pass(minutes time) {
    now_ = now_.load() + time;
    latest_ = std::max(latest_, now_.load());
  }

  void trouble() {
    const auto& pipeline = pipelines[random(std::size(pipelines))];
    if (happens(40)) {
      if (happens(3)) pass(hours(random(7)));  // it was down
      begin();
    }
    if (happens(60)) now_ = now_.load() - minutes(random(180));
    if (happens(40)) {
      const bool paused = beside_->pipelines().find(pipeline.name)->paused.has_value();
      beside_->pipelines().set_paused(
          pipeline.name,
          paused ? std::nullopt : std::optional(store::PipelinePause{now_.load(), "ada", "x"}));
      engine_->pipelines_changed();
    }
  }

  void finish_named(const std::string& name) {
    const auto blank = name.find(' ');
    finish(name.substr(0, blank), name.substr(blank + 1));
  }

  void expect_alone() {
    for (const auto& each : pipelines) {
      if (!each.alone) continue;
      const auto runs = beside_->pipelines().under_way(each.name);
      ASSERT_LE(runs.size(), 1U) << each.name;
    }
  }

  /// One row a fire time, and one run of it or a reason.
  void expect_each_once(const Simulated& simulated) {
    SCOPED_TRACE(simulated.name);
    std::map<std::string, store::FireRow> fires;
    for (auto& fire : beside_->pipelines().fires({.pipeline = simulated.name, .limit = -1}))
      fires.emplace(fire.trigger + " " + fire.key, std::move(fire));
    std::map<std::string, int> runs;
    for (const auto& run : beside_->list({.limit = -1, .pipeline = simulated.name}))
      ++runs[run.made.pipeline->trigger + " " + pipeline::fire_key(run.made.pipeline->fire_time)];
    const auto document =
        pipeline::parse(std::string(R"({"workflow":"w",)") + simulated.members + "}", "");
    std::size_t expected = 0;
    for (const auto& [name, trigger] : document.triggers)
      for (const auto& at :
           fire_times(std::get<pipeline::ScheduleTrigger>(trigger.kind), name, simulated.name)) {
        const auto key = name + " " + at;
        ++expected;
        ASSERT_TRUE(fires.contains(key)) << key << " has no record";
        const auto& fire = fires.at(key);
        const bool started = fire.outcome == store::FireOutcome::started;
        EXPECT_EQ(runs[key], started ? 1 : 0) << key << " " << to_string(fire.outcome);
        EXPECT_NE(fire.reason.empty(), !started) << key;
      }
    EXPECT_EQ(fires.size(), expected) << "no fire time is made up";
    EXPECT_GT(expected, 5U);
  }

  std::vector<std::string> fire_times(const pipeline::ScheduleTrigger& trigger,
                                      const std::string& name, const std::string& pipeline) {
    std::vector<std::string> keys;
    schedule::FireTimes times(trigger.schedule, Instant{begin_});
    while (const auto time = times.next()) {
      if (time->at + pipeline::delay_of(trigger, pipeline, name, time->at) > latest_) break;
      keys.push_back(pipeline::fire_key(time->at));
    }
    return keys;
  }

  const std::chrono::sys_days begin_ = GetParam().begin;
  const Instant end_ = begin_ + std::chrono::days(7);
  Instant latest_{};  ///< what the clock has shown at its latest
  std::mt19937 random_{GetParam().seed};
};

TEST_P(WeekTest, EachFireTimeHasOneRunOrOneReason) {
  simulate();
  for (const auto& each : pipelines) expect_each_once(each);
}

constexpr std::chrono::sys_days spring{std::chrono::year{2027} / 3 / 22};   // Berlin: forward on 28
constexpr std::chrono::sys_days autumn{std::chrono::year{2026} / 10 / 19};  // back on 25
INSTANTIATE_TEST_SUITE_P(Weeks, WeekTest,
                         ::testing::Values(Week{"spring", spring, 1}, Week{"autumn", autumn, 2}),
                         [](const auto& week) { return week.param.name; });

}  // namespace
}  // namespace orch::engine
