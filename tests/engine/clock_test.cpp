#include "orchestrator/engine/clock.h"

#include <vector>

#include <gtest/gtest.h>

namespace orch::engine {
namespace {

/// What both clocks show, in milliseconds, and what is recorded then.
struct Reading {
  const char* what;
  int wall;
  int steady;
  int recorded;
};

TEST(Clock, RecordedTimesFollowTheWallClockAndNeverGoBack) {
  const std::vector<Reading> readings = {
      {"both go on", 1'100, 100, 1'100},
      {"the wall clock is set forward", 9'000, 200, 9'000},
      {"the wall clock is set back", 1'300, 300, 9'100},
      {"it stays behind", 1'400, 450, 9'250},
      {"it has caught up", 9'400, 500, 9'400},
  };
  Clock clock(Instant{Millis{1'000}}, Instant{Millis{0}}, Instant{});
  for (const auto& [what, wall, steady, recorded] : readings) {
    clock.read(Instant{Millis{wall}}, Instant{Millis{steady}});
    EXPECT_EQ(clock.recorded(), Instant{Millis{recorded}}) << what;
  }
}

TEST(Clock, WaitsAreMeasuredByTheSteadyClock) {
  Clock clock(Instant{Millis{1'000}}, Instant{Millis{50}}, Instant{});
  const auto due = clock.due(clock.recorded() + Millis{300});
  EXPECT_EQ(due, Instant{Millis{350}});
  clock.read(Instant{Millis{900'000}}, Instant{Millis{100}});
  EXPECT_GT(due, clock.steady()) << "set forward: not due yet";
  clock.read(Instant{Millis{0}}, Instant{Millis{350}});
  EXPECT_LE(due, clock.steady()) << "set back: due all the same";
}

TEST(Clock, NothingIsRecordedBeforeWhatWas) {
  const Clock clock(Instant{Millis{1'000}}, Instant{Millis{0}}, Instant{Millis{5'000}});
  EXPECT_EQ(clock.recorded(), Instant{Millis{5'000}});
  EXPECT_EQ(clock.due(Instant{Millis{5'200}}), Instant{Millis{200}});
}

}  // namespace
}  // namespace orch::engine
