// The index of tables: what it keeps and what it answers.
#include "orchestrator/view/table_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/view/verdict.h"
#include "tests/support/temp_folder.h"

namespace orch::view {
namespace {

using ::testing::ElementsAre;

Instant at(std::int64_t hours) { return Instant{std::chrono::hours{hours}}; }

TableBrief brief(int execution, const char* key, Outcome outcome, std::optional<int> loaded = {}) {
  TableBrief made;
  made.execution = store::ExecutionId{execution};
  made.run = made.name = "r" + std::to_string(execution);
  made.workflow = "w";
  made.key = key;
  made.outcome = outcome;
  made.rows = 7;
  made.bytes = 90;
  made.duration = Millis{5};
  made.attempts = 2;
  made.state = "Verify";
  made.resource = "orch:verify";
  made.started = at(execution);
  if (loaded) made.load = Load{*loaded, at(execution), at(execution - 1)};
  return made;
}

class TableIndexTest : public ::testing::Test {
 protected:
  std::vector<std::string> runs_of(const std::string& key, std::optional<int> behind = {}) {
    std::optional<store::ExecutionId> id;
    if (behind) id = store::ExecutionId{*behind};
    std::vector<std::string> found;
    for (const auto& each : index_.runs_of(key, id, 2)) found.push_back(each.run);
    return found;
  }

  test::TempFolder folder_;
  TableIndex index_{folder_.path() / "x.tables"};
};

TEST_F(TableIndexTest, KeepsAllThatIsSaidOfARunsTable) {
  auto failed = brief(3, "a", Outcome::failed, 9);
  failed.connections = "c.json";
  failed.error = "Verify.Failed";
  failed.message = "too few";
  failed.code = "ORCH-0501";
  index_.keep(std::vector{failed}, {4, "mark"});
  EXPECT_EQ(index_.place().position, 4);
  EXPECT_EQ(index_.place().mark, "mark");
  const auto found = index_.of_runs(std::vector{store::ExecutionId{3}}).front();
  EXPECT_EQ(found.execution, failed.execution);
  EXPECT_EQ(found.run, "r3");
  EXPECT_EQ(found.rows, 7);
  EXPECT_EQ(found.bytes, 90);
  EXPECT_EQ(found.workflow, "w");
  EXPECT_EQ(found.connections, "c.json");
  EXPECT_EQ(found.outcome, Outcome::failed);
  EXPECT_EQ(found.rows, 7);
  EXPECT_EQ(found.duration, Millis{5});
  EXPECT_EQ(found.attempts, 2);
  EXPECT_EQ(found.error + found.message + found.code, "Verify.Failedtoo fewORCH-0501");
  EXPECT_EQ(found.started, at(3));
  EXPECT_EQ(found.load->rows, 9);
  EXPECT_EQ(found.load->published, at(3));
  EXPECT_EQ(found.load->as_of, at(2));
}

TEST_F(TableIndexTest, ATableHasItsLatestRunAndItsLatestTwoLoads) {
  index_.keep(
      std::vector{brief(1, "a", Outcome::succeeded, 10), brief(2, "a", Outcome::succeeded, 12),
                  brief(3, "a", Outcome::failed), brief(3, "b", Outcome::running)},
      {});
  const auto tables = index_.tables({}, {}, 10);
  ASSERT_EQ(tables.size(), 2u);
  EXPECT_EQ(tables[0].latest.run, "r3");
  EXPECT_EQ(tables[0].loaded->load->rows, 12);
  EXPECT_EQ(tables[0].before->load->rows, 10);
  EXPECT_FALSE(tables[1].loaded);
  EXPECT_EQ(index_.tables({}, {"a", ""}, 10).front().latest.key, "b");
  EXPECT_EQ(index_.tables({}, {}, 1).size(), 1u);
  EXPECT_TRUE(index_.tables("other", {}, 10).empty());
  index_.keep(std::vector{brief(3, "a", Outcome::succeeded, 14)}, {});
  EXPECT_EQ(index_.tables({}, {}, 1).front().loaded->load->rows, 14) << "put anew";
}

TEST_F(TableIndexTest, RunsComeNewestFirstInPages) {
  for (int i = 1; i <= 3; ++i) index_.keep(std::vector{brief(i, "a", Outcome::succeeded)}, {});
  EXPECT_THAT(runs_of("a"), ElementsAre("r3", "r2"));
  EXPECT_THAT(runs_of("a", 2), ElementsAre("r1"));
  EXPECT_THAT(runs_of("b"), ElementsAre());
  index_.forget([](store::ExecutionId id) { return id == store::ExecutionId{2}; });
  EXPECT_THAT(runs_of("a"), ElementsAre("r3", "r1"));
  index_.clear();
  EXPECT_THAT(runs_of("a"), ElementsAre());
}

TEST_F(TableIndexTest, OnlyRunsOfTheGivenPipelinesCount) {
  auto night = brief(1, "a", Outcome::succeeded, 10);
  night.pipeline = "night";
  auto day = brief(2, "a", Outcome::succeeded, 12);
  day.pipeline = "day";
  auto elsewhere = brief(3, "a", Outcome::succeeded, 14);
  elsewhere.connections = "c.json";
  index_.keep(std::vector{night, day, elsewhere, brief(3, "b", Outcome::failed)}, {});
  const auto seen = [&](const OfPipelines& pipelines) {
    std::string text;
    for (const auto& table : index_.tables({}, {}, 10, pipelines))
      text += table.latest.key + table.latest.connections + " " + table.latest.run + ", ";
    return text;
  };
  EXPECT_EQ(seen({}), "a r2, ac.json r3, b r3, ");
  EXPECT_EQ(seen({{"night"}}), "a r1, ");
  EXPECT_EQ(seen({{"night", "day"}}), "a r2, ");
  EXPECT_EQ(seen(std::vector<std::string>{}), "");
  EXPECT_FALSE(index_.tables({}, {}, 10, {{"night"}}).front().before);
  EXPECT_EQ(index_.runs_of("a", {}, 10).size(), 3u);
  EXPECT_EQ(index_.runs_of("a", {}, 10, {{"day"}}).front().run, "r2");
  EXPECT_EQ(index_.tables({}, {"a", ""}, 1).front().latest.connections, "c.json");
}

TEST(Verdict, SaysInWordsWhetherATableIsRight) {
  const auto table = [](Outcome outcome, bool loaded, const char* message = "") {
    auto latest = brief(100, "a", outcome);
    latest.message = message;
    TableNow now{latest, {}, {}};
    if (loaded) now.loaded = brief(100, "a", Outcome::succeeded, 3);
    return now;
  };
  const struct {
    TableNow table;
    int hours;
    const char* word;
    const char* text;
  } cases[] = {
      {table(Outcome::succeeded, true), 0, "current", "today's rows"},
      {table(Outcome::succeeded, true), 24, "current", "yesterday's rows"},
      {table(Outcome::failed, true, "2 rows differ"), 24, "old",
       "yesterday's rows: the load was refused because 2 rows differ"},
      {table(Outcome::failed, false, "2 rows differ"), 0, "never",
       "no rows: the load was refused because 2 rows differ"},
      {table(Outcome::running, true), 72, "loading", "rows of 3 days ago; a load is under way"},
      {table(Outcome::aborted, true), 0, "old", "today's rows: the load was stopped"},
      {table(Outcome::succeeded, false), 0, "never", "no rows: no load has been published"}};
  for (const auto& [given, hours, word, text] : cases) {
    // Whole days later it is another day in every time zone.
    const auto verdict = verdict_of(given, at(99 + hours));
    EXPECT_EQ(verdict.word, word) << text;
    EXPECT_EQ(verdict.text, text);
  }
}

}  // namespace
}  // namespace orch::view
