// Which of a pipeline's runs go.
#include "orchestrator/pipeline/retention.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace orch::pipeline {
namespace {

struct Case {
  const char* name;
  Retention keep;
  /// Newest first: + succeeded, - did not, and the days since its end.
  std::vector<int> runs;
  std::string kept;  ///< a letter for each: k kept, x not
};

TEST(Retention, KeepsWhatItsLimitsLetStay) {
  const std::vector<Case> cases = {
      {"no limit", {}, {1, -1, 4'000, -4'000}, "kkkk"},
      {"days", {.days = 30}, {1, -29, 30, 31, -31}, "kkkxx"},
      {"runs that succeeded", {.runs = 2}, {1, -2, 3, 4, -5, 6}, "kkkxkx"},
      {"failures for longer", {.days = 7, .failure_days = 90}, {1, 8, -8, -90, -91}, "kxkkx"},
      {"the first limit counts", {.days = 7, .runs = 2}, {1, 2, 3, 8, -8}, "kkxxx"},
      {"failures for ever", {.runs = 1}, {-4'000, 1, 2}, "kkx"},
      {"only failures go", {.failure_days = 5}, {-6, 6, -5}, "xkk"},
  };
  const Instant now{std::chrono::days(20'000)};
  for (const auto& [name, keep, runs, kept] : cases) {
    SCOPED_TRACE(name);
    RetentionCount count(keep, now);
    std::string found;
    for (const int run : runs) {
      const auto ended_at = now - std::chrono::days(run < 0 ? -run : run);
      found += count.why_not_keep(run > 0, ended_at).empty() ? 'k' : 'x';
    }
    EXPECT_EQ(found, kept);
  }
}

TEST(Retention, SaysWhyARunGoes) {
  const Instant now{std::chrono::days(20'000)};
  RetentionCount count({.days = 7, .runs = 1, .failure_days = 9}, now);
  EXPECT_EQ(count.why_not_keep(true, now), "");
  EXPECT_EQ(count.why_not_keep(true, now), "not among the latest 1 that succeeded");
  EXPECT_EQ(count.why_not_keep(true, now - std::chrono::days(8)), "ended more than 7 days ago");
  EXPECT_EQ(count.why_not_keep(false, now - std::chrono::days(10)), "failed more than 9 days ago");
}

}  // namespace
}  // namespace orch::pipeline
