#include "orchestrator/engine/run_id.h"

#include <gtest/gtest.h>

namespace orch::engine {
namespace {

TEST(RunIds, AreUniqueAndInOrderWithinAMillisecond) {
  RunIds ids;
  const Instant now{Millis{1'795'000'000'000}};
  auto last = ids.next(now);
  for (int i = 0; i < 100'000; ++i) {
    const auto next = ids.next(now + Millis{i / 1'000});
    ASSERT_LT(last, next);
    last = next;
  }
}

TEST(RunIds, GoOnWhenTheClockGoesBack) {
  RunIds ids;
  const auto first = ids.next(Instant{Millis{2'000}});
  EXPECT_LT(first, ids.next(Instant{Millis{1'000}}));
}

TEST(RunIds, AreLowerCaseLettersAndDigitsWithoutLookAlikes) {
  RunIds ids;
  const auto id = ids.next(Instant{Millis{1'795'000'000'000}});
  EXPECT_EQ(id.size(), 16u);
  EXPECT_EQ(id.substr(0, 10), "01m7q5cqg0");
  EXPECT_EQ(id.find_first_not_of("0123456789abcdefghjkmnpqrstvwxyz"), std::string::npos);
}

TEST(RunIds, OfTwoSourcesDiffer) {
  RunIds one, other;
  const Instant now{Millis{1'795'000'000'000}};
  EXPECT_NE(one.next(now), other.next(now));
}

}  // namespace
}  // namespace orch::engine
