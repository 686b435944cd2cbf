// Patterns of names, partitions, and when a file is complete.
#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "workers/files/complete.h"
#include "workers/files/pattern.h"

namespace orch::files {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(Pattern, MatchesPartByPart) {
  struct Case {
    const char* pattern;
    const char* name;
    bool matches;
  };
  constexpr std::array cases{
      Case{"a.csv", "a.csv", true},         Case{"*.csv", "a.csv", true},
      Case{"*.csv", "x/a.csv", false},      Case{"x/*.csv", "x/a.csv", true},
      Case{"x/*.csv", "x/y/a.csv", false},  Case{"**/a.csv", "a.csv", true},
      Case{"**/a.csv", "x/y/a.csv", true},  Case{"x/**", "x/y/a.csv", true},
      Case{"x/**", "y/a.csv", false},       Case{"x/**/d=*/*.csv", "x/s=1/d=2/a.csv", true},
      Case{"x/**/d=*/*.csv", "x/a", false}, Case{"*.csv", ".a.csv", false},
      Case{"d=?/*", "d=1/a", true},         Case{"d=?/*", "d=12/a", false},
  };
  for (const auto& one : cases)
    EXPECT_EQ(matches(one.pattern, one.name), one.matches) << one.pattern << " " << one.name;
}

TEST(Pattern, ColumnsAreWhatTheTablesOwnFolderDoesNotSay) {
  EXPECT_EQ(fixed_folder("raw/source=*/a.csv"), "raw/");
  EXPECT_EQ(own_folder("raw/source=x", "raw/source=x/d=1/a.csv"), 13u);
  EXPECT_EQ(own_folder("raw/*/a.csv", "raw/source=x/a.csv"), 4u);
  EXPECT_EQ(own_folder("a.csv", "a.csv"), 0u);
  EXPECT_THAT(partitions_of("raw/s=a%20b/plain/d=__HIVE_DEFAULT_PARTITION__/x=1.csv", 4),
              ElementsAre(Pair("s", "a b"), Pair("d", std::nullopt)));
  EXPECT_THAT(partitions_of("a.csv", 0), IsEmpty());
}

TEST(Pattern, NamesStayInTheFolder) {
  for (const auto* name : {"../a", "a/../b", "a//b", "./a", "/a"})
    EXPECT_NE(name_problem(name), "") << name;
  for (const auto* name : {"a", "a/b", "a..b/c"}) EXPECT_EQ(name_problem(name), "") << name;
}

TEST(Complete, ByNameMarkerAndQuiet) {
  const Moment written{std::chrono::hours(1)};
  const auto waits = [&](const char* name, const CompleteRule& rule, int age, bool marker) {
    return !why_waiting(name, written, written + std::chrono::seconds(age), rule,
                        [&](const std::string&) { return marker; })
                .empty();
  };
  for (const auto* name : {"a.csv.tmp", "x/a.part", "a.csv~", "x/.a.csv"})
    EXPECT_TRUE(waits(name, {}, 1'000'000, true)) << name;
  EXPECT_FALSE(waits("x.tmp/a.csv", {}, 0, false));
  EXPECT_TRUE(waits("a.csv", {std::chrono::seconds(10), ""}, 9, false));
  EXPECT_FALSE(waits("a.csv", {std::chrono::seconds(10), ""}, 10, false));
  EXPECT_TRUE(waits("a.csv", {std::chrono::seconds(10), ""}, -5, false));
  EXPECT_FALSE(waits("a.csv", {}, -5, false)) << "another clock";
  EXPECT_TRUE(waits("a.csv", {{}, ".done"}, 100, false));
  EXPECT_FALSE(waits("a.csv", {{}, ".done"}, 100, true));
  EXPECT_EQ(marker_of("d=1/a.csv", {{}, ".done"}), "d=1/a.csv.done");
  EXPECT_EQ(marker_of("d=1/a.csv", {{}, "_SUCCESS"}), "d=1/_SUCCESS");
}

}  // namespace
}  // namespace orch::files
