// Who waits for what, and the moments in which news could be missed.
#include "orchestrator/http/long_polls.h"

#include <gtest/gtest.h>

namespace orch::http {
namespace {

TEST(LongPolls, RingsThoseWhoWaitForTheSubject) {
  LongPolls polls;
  int first = 0, second = 0;
  ASSERT_TRUE(polls.park("a", polls.count("a"), &first, [&] { ++first; }));
  ASSERT_TRUE(polls.park("b", polls.count("b"), &second, [&] { ++second; }));
  polls.ring("a");
  polls.ring("a");
  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 0);
  polls.ring_all();
  EXPECT_EQ(second, 1);
}

TEST(LongPolls, DoesNotParkBehindNewsThatCameMeanwhile) {
  LongPolls polls;
  int owner = 0;
  const auto seen = polls.count("a");
  polls.ring("a");
  EXPECT_FALSE(polls.park("a", seen, &owner, [] {}));
  EXPECT_FALSE(polls.take(&owner));
}

TEST(LongPolls, TakesBackWhatIsParkedOnce) {
  LongPolls polls;
  int owner = 0;
  ASSERT_TRUE(polls.park("a", polls.count("a"), &owner, [] { FAIL() << "it was taken back"; }));
  EXPECT_TRUE(polls.take(&owner));
  EXPECT_FALSE(polls.take(&owner));
  polls.ring("a");
}

}  // namespace
}  // namespace orch::http
