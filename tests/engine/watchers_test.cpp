// Who waits for what, and the moments in which news could be missed.
#include "orchestrator/engine/watchers.h"

#include <array>

#include <gtest/gtest.h>

namespace orch::engine {
namespace {

const RunName first_run{"1"}, second_run{"2"};

TEST(Watchers, WakesThoseWhoWaitForTheSubject) {
  Watchers watchers;
  int first = 0, second = 0, other = 0;
  const Subject subject = first_run;
  ASSERT_TRUE(watchers.add(subject, watchers.count(subject), &first, [&] { ++first; }));
  ASSERT_TRUE(watchers.add(subject, watchers.count(subject), &second, [&] { ++second; }));
  ASSERT_TRUE(watchers.add(second_run, watchers.count(second_run), &other, [&] { ++other; }));
  watchers.wake_all(subject);
  watchers.wake_all(subject);
  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 1);
  EXPECT_EQ(other, 0);
  watchers.wake_all();
  EXPECT_EQ(other, 1);
}

TEST(Watchers, OneThingWakesWhoHasWaitedLongest) {
  Watchers watchers;
  const Subject subject = ActivityName{"a"};
  std::vector<int> woken;
  std::array<int, 3> owners{};
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(watchers.add(subject, watchers.count(subject), &owners.at(i),
                             [&woken, i] { woken.push_back(i); }));
  watchers.wake_one(ActivityName{"b"});
  EXPECT_EQ(woken, std::vector<int>{});
  watchers.wake_one(subject);
  EXPECT_EQ(woken, std::vector<int>{0});
  EXPECT_TRUE(watchers.take(&owners[1]));
  watchers.wake_one(subject);
  watchers.wake_one(subject);
  EXPECT_EQ(woken, (std::vector<int>{0, 2}));
}

TEST(Watchers, DoesNotWaitAfterNewsThatCameMeanwhile) {
  Watchers watchers;
  int owner = 0;
  const Subject subject = first_run;
  const auto seen = watchers.count(subject);
  watchers.wake_one(subject);
  EXPECT_FALSE(watchers.add(subject, seen, &owner, [] {}));
  EXPECT_FALSE(watchers.take(&owner));
}

TEST(Watchers, TakesBackWhatIsThereOnce) {
  Watchers watchers;
  int owner = 0;
  const Subject subject = first_run;
  ASSERT_TRUE(watchers.add(subject, watchers.count(subject), &owner,
                           [] { FAIL() << "it was taken back"; }));
  EXPECT_TRUE(watchers.take(&owner));
  EXPECT_FALSE(watchers.take(&owner));
  watchers.wake_all(subject);
}

}  // namespace
}  // namespace orch::engine
