// Triggers of files and of other pipelines: what fires, when.
#include <gtest/gtest.h>

#include "orchestrator/base/time.h"
#include "orchestrator/pipeline/after_trigger.h"
#include "orchestrator/pipeline/files_trigger.h"

namespace orch::pipeline {
namespace {

Instant at(const char* text) { return *from_iso(text); }

struct NameCase {
  const char* pattern;
  const char* name;
  const char* pieces;  ///< "a=1 b=2"; null: no match
};

TEST(FilesTrigger, TakesNamedPiecesFromThePath) {
  constexpr NameCase cases[] = {
      {"drop/{source}/{date}.csv", "drop/mx/2026-11-30.csv", "date=2026-11-30 source=mx"},
      {"drop/{source}/{date}.csv", "drop/mx/eu/2026-11-30.csv", nullptr},
      {"drop/{source}/{date}.csv", "drop//2026-11-30.csv", nullptr},
      {"drop/{source}_{date}.csv", "drop/a_b_2026.csv", "date=b_2026 source=a"},
      {"drop/**/{date}.csv", "drop/2026.csv", "date=2026"},
      {"drop/**/{date}.csv", "drop/a/b/2026.csv", "date=2026"},
      {"drop/*.csv", "drop/a.csv", ""},
      {"drop/*.csv", "drop/a.csv.gz", nullptr},
      {"drop/?.csv", "drop/ab.csv", nullptr},
      {"drop/{a}.csv", "drop/.csv", nullptr},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.pattern + std::string(" ") + each.name);
    const auto found = pieces_of(each.pattern, each.name);
    ASSERT_EQ(found.has_value(), each.pieces != nullptr);
    if (!found) continue;
    std::string text;
    for (const auto& [name, value] : *found) text += (text.empty() ? "" : " ") + name + "=" + value;
    EXPECT_EQ(text, each.pieces);
  }
  EXPECT_EQ(folder_of("drop/{source}/x.csv"), "drop/");
  EXPECT_EQ(folder_of("drop/in_{source}.csv"), "drop/");
  EXPECT_EQ(folder_of("*.csv"), "");
  EXPECT_EQ(folder_of("/srv/drop/a.csv"), "/srv/drop/");
}

WaitingFile file(const std::string& name, const std::string& date, const char* written) {
  return {name, "1", at(written), {{"date", date}}};
}

/// Groups that are due, each as "GROUP:FILES", with "!" where it is not whole.
std::string due_text(const FilesTrigger& trigger, const std::vector<WaitingFile>& files,
                     const std::vector<std::string>& begun, const char* now) {
  std::string text;
  for (const auto& due : due_files(trigger, files, begun, at(now)))
    text += due.group + ":" + std::to_string(due.files.size()) + (due.whole ? " " : "! ");
  return text;
}

TEST(FilesTrigger, FiresABatchWhenItIsWholeOrItsTimeHasCome) {
  FilesTrigger trigger;
  trigger.pattern = "drop/{source}_{date}.csv";
  trigger.batch =
      FileBatch{"date", 2, std::chrono::minutes(7 * 60 + 30), schedule::Zone("Europe/Berlin")};
  const auto one = file("drop/a_1.csv", "1", "2026-11-30T01:00:00Z");
  const auto two = file("drop/b_1.csv", "1", "2026-11-30T05:00:00Z");
  const auto other = file("drop/a_2.csv", "2", "2026-11-30T08:00:00Z");
  EXPECT_EQ(due_text(trigger, {one}, {}, "2026-11-30T06:29:59Z"), "");
  EXPECT_EQ(due_text(trigger, {two, one}, {}, "2026-11-30T05:00:01Z"), "1:2 ");
  EXPECT_EQ(due_text(trigger, {one}, {}, "2026-11-30T06:30:00Z"), "1:1! ");
  // Written after 07:30: the time is that of the next day.
  EXPECT_EQ(due_text(trigger, {other}, {}, "2026-11-30T09:00:00Z"), "");
  EXPECT_EQ(due_text(trigger, {other}, {}, "2026-12-01T06:30:00Z"), "2:1! ");
  // What comes after its batch has fired does not wait.
  EXPECT_EQ(due_text(trigger, {two}, {"1"}, "2026-11-30T06:31:00Z"), "1:1! ");
}

TEST(FilesTrigger, WithoutABatchFiresEachFile) {
  FilesTrigger trigger;
  trigger.pattern = "drop/{date}.csv";
  EXPECT_EQ(due_text(trigger,
                     {file("drop/b.csv", "b", "2026-11-30T01:00:00Z"),
                      file("drop/a.csv", "a", "2026-11-30T02:00:00Z")},
                     {}, "2026-11-30T03:00:00Z"),
            "drop/a.csv@1:1 drop/b.csv@1:1 ");
}

TEST(AfterTrigger, FiresOnceADayWhenAllAreFresh) {
  AfterTrigger trigger;
  trigger.pipelines = {"treaties", "fx_rates"};
  trigger.fresher_than = std::chrono::hours(6);
  trigger.zone = schedule::Zone("Europe/Berlin");
  const Success treaties{"treaties", "t1", at("2026-11-30T05:10:00Z"), at("2026-11-30T05:20:00Z")};
  const Success rates{"fx_rates", "f1", at("2026-11-30T05:00:00Z"), at("2026-11-30T05:01:00Z")};
  // It began before six, so its data are older, though it ended later.
  const Success old{"fx_rates", "f0", at("2026-11-30T04:59:00Z"), at("2026-11-30T05:01:00Z")};
  const auto due = [&](std::vector<Success> latest) {
    return due_after(trigger, latest, at("2026-11-29T00:00:00Z"), at("2026-11-30T06:00:00Z"));
  };
  EXPECT_FALSE(due({treaties}));
  EXPECT_FALSE(due({treaties, old}));
  const auto found = due({treaties, rates});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->key, "2026-11-30");
  EXPECT_EQ(found->at, treaties.ended_at);
  // Yesterday's successes are none of today.
  EXPECT_FALSE(due_after(trigger, std::vector{treaties, rates}, at("2026-11-30T05:20:00Z"),
                         at("2026-12-01T05:30:00Z")));
}

TEST(AfterTrigger, TellsDatasetsFromPipelines) {
  AfterTrigger trigger;
  trigger.pipelines = {"rates"};
  trigger.datasets = {"rates", "treaties"};
  trigger.fresher_than = std::chrono::hours(6);
  const Success run{"rates", "r", at("2026-11-30T06:10:00Z"), at("2026-11-30T06:20:00Z")};
  const Success rates{"rates", "r", at("2026-11-30T06:11:00Z"), at("2026-11-30T06:15:00Z"), true};
  const Success treaties{"treaties", "t", at("2026-11-30T06:12:00Z"), at("2026-11-30T06:30:00Z"),
                         true};
  // Published after six, of rows that were read before.
  const Success old{"treaties", "t", at("2026-11-30T05:59:00Z"), at("2026-11-30T06:30:00Z"), true};
  const auto due = [&](std::vector<Success> latest) {
    return due_after(trigger, latest, at("2026-11-29T00:00:00Z"), at("2026-11-30T07:00:00Z"));
  };
  EXPECT_FALSE(due({run, treaties}));
  EXPECT_FALSE(due({rates, treaties}));
  EXPECT_FALSE(due({run, rates, old}));
  const auto found = due({run, rates, treaties});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->at, treaties.ended_at);
}

TEST(AfterTrigger, WithoutATimeFiresWhenAllHaveSucceededAgain) {
  AfterTrigger trigger;
  trigger.pipelines = {"a", "b"};
  const Success a{"a", "a1", at("2026-11-30T01:00:00Z"), at("2026-11-30T01:10:00Z")};
  const Success b{"b", "b1", at("2026-11-30T02:00:00Z"), at("2026-11-30T02:10:00Z")};
  const auto due = [&](const char* last) {
    return due_after(trigger, std::vector{a, b}, at(last), at("2026-11-30T03:00:00Z"));
  };
  ASSERT_TRUE(due("2026-11-30T01:00:00Z"));
  EXPECT_EQ(due("2026-11-30T01:00:00Z")->key, "b1");
  EXPECT_FALSE(due("2026-11-30T01:10:00Z"));
  EXPECT_FALSE(due("2026-11-30T02:10:00Z"));
}

}  // namespace
}  // namespace orch::pipeline
