#include "orchestrator/view/table_runs.h"

#include <gtest/gtest.h>

#include "orchestrator/json/text.h"

namespace orch::view {
namespace {

Step step(const std::string& resource, Outcome outcome, const char* output, int second) {
  Step made;
  made.state = made.resource = resource;
  made.outcome = outcome;
  made.last = Instant{std::chrono::seconds{second}};
  made.output = json::parse(output).as_object();
  return made;
}

constexpr const char* staged =
    R"({"rows":3,"bytes":41,"as_of":{"time":"1970-01-01T00:00:05.000Z"}})";
constexpr const char* merged = R"({"rows":7,"strategy":"append"})";

TEST(TableRuns, ALoadIsWhatWasPublishedAsOfTheSource) {
  const TableLine table{"a",
                        Outcome::succeeded,
                        {step("orch:stage", Outcome::succeeded, staged, 9),
                         step("orch:merge", Outcome::succeeded, merged, 12)}};
  const auto load = load_of(table);
  ASSERT_TRUE(load);
  EXPECT_EQ(load->rows, 7);
  EXPECT_EQ(table.bytes(), 41);
  EXPECT_EQ(load->published, Instant{std::chrono::seconds{12}});
  EXPECT_EQ(load->moment(), Instant{std::chrono::seconds{5}});
}

TEST(TableRuns, AFleetsActivitiesPublishToo) {
  const TableLine table{"a",
                        Outcome::succeeded,
                        {step("arn:aws:states:x:activity:m", Outcome::succeeded, merged, 12)}};
  ASSERT_TRUE(load_of(table));
  EXPECT_EQ(load_of(table)->moment(), Instant{std::chrono::seconds{12}});
}

TEST(TableRuns, WhatWasOnlyStagedIsNoLoad) {
  EXPECT_FALSE(
      load_of({"a", Outcome::failed, {step("orch:stage", Outcome::succeeded, staged, 9)}}));
  EXPECT_FALSE(load_of({"a", Outcome::failed, {step("orch:merge", Outcome::failed, merged, 9)}}));
  EXPECT_FALSE(load_of({"a", Outcome::waiting, {}}));
}

TEST(TableRuns, ATableIsOneOfItsProject) {
  const auto loaded = [](std::int64_t rows) { return Load{rows, Instant{}, {}}; };
  const auto run = [](const char* id, const char* connections, std::optional<Load> load) {
    TableRun made;
    made.run = id;
    made.connections = connections;
    made.table.key = "a";
    made.load = std::move(load);
    return made;
  };
  const std::vector<TableRun> runs{run("4", "x", std::nullopt), run("3", "y", loaded(3)),
                                   run("2", "x", loaded(2)), run("1", "x", loaded(1))};
  const auto states = table_states(runs);
  ASSERT_EQ(states.size(), 2U);
  EXPECT_EQ(states[0].latest->run, "4");
  EXPECT_EQ(states[0].loaded->run, "2");
  EXPECT_EQ(states[0].before->run, "1");
  EXPECT_EQ(states[1].latest->run, "3");
  EXPECT_EQ(states[1].loaded->run, "3");
  EXPECT_FALSE(states[1].before);
}

}  // namespace
}  // namespace orch::view
