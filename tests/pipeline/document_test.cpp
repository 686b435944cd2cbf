// What a pipeline's document says, and what is said of one that is wrong: the place, and what may
// stand there.
#include "orchestrator/pipeline/document.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/base/error.h"

namespace orch::pipeline {
namespace {

using ::testing::HasSubstr;

TEST(Document, IsReadWithAllItsMembers) {
  const auto made = parse(R"({
    "$schema": "../schema/pipeline.schema.json",
    "workflow": "workflows/load.json",
    "description": "the nightly load",
    "triggers": {
      "nightly": {"schedule": "30 2 * * *", "zone": "Europe/Berlin", "business_days": "next",
                  "holidays": ["2027-01-01"], "start": "2027-01-01", "end": "2028-01-01T00:00:00Z",
                  "jitter": "5m", "catch_up": "6h"},
      "often": {"schedule": "@every 15m"}},
    "overlap": "queue_one",
    "limits": {"runs": 1, "priority": 5, "tags": {"heavy": 2}}})",
                          "load.json");
  EXPECT_EQ(made.limits.runs, 1);
  EXPECT_EQ(made.limits.priority, 5);
  EXPECT_EQ(made.limits.tags.at("heavy"), 2);
  EXPECT_EQ(made.workflow, "workflows/load.json");
  EXPECT_EQ(made.description, "the nightly load");
  EXPECT_EQ(made.overlap, Overlap::queue_one);
  ASSERT_EQ(made.triggers.size(), 2U);
  const auto& nightly = made.triggers.at("nightly");
  EXPECT_EQ(kind_name(nightly.kind), "schedule");
  const auto& schedule = std::get<ScheduleTrigger>(nightly.kind);
  EXPECT_EQ(schedule.text, "30 2 * * *");
  EXPECT_EQ(schedule.schedule.zone.name(), "Europe/Berlin");
  EXPECT_EQ(to_iso(*schedule.schedule.start), "2026-12-31T23:00:00.000Z");
  EXPECT_EQ(schedule.jitter, std::chrono::minutes(5));
  EXPECT_EQ(schedule.catch_up, std::chrono::hours(6));
  EXPECT_FALSE(
      schedule.schedule.calendar.open(std::chrono::local_days{std::chrono::year{2027} / 1 / 1}));
  EXPECT_EQ(std::get<ScheduleTrigger>(made.triggers.at("often").kind).catch_up,
            std::chrono::hours(24));
  EXPECT_EQ(parse(R"({"workflow": "w"})", "").overlap, Overlap::skip);
}

struct Refusal {
  const char* document;
  const char* pointer;
  const char* message;  ///< found in the message or its hint
};

std::string with_trigger_of(const std::string& members) {
  return fmt::format(R"({{"workflow": "w", "triggers": {{"t": {{{}}}}}}})", members);
}

std::vector<Problem> problems_of(const std::string& document) {
  try {
    parse(document, "load.json");
  } catch (const InvalidDocument& invalid) {
    EXPECT_EQ(invalid.code(), "ORCH-0801");
    return invalid.problems();
  }
  return {};
}

void expect_refusal(const std::string& document, const Refusal& refusal) {
  SCOPED_TRACE(document);
  const auto problems = problems_of(document);
  ASSERT_FALSE(problems.empty());
  EXPECT_EQ(problems[0].pointer, refusal.pointer);
  EXPECT_THAT(problems[0].message + "; " + problems[0].hint, HasSubstr(refusal.message));
}

TEST(Document, SaysWhatIsWrongAndWhere) {
  constexpr Refusal refusals[] = {
      {"[]", "", "must be an object"},
      {"{", "", "at line 1"},
      {"{}", "", "the field workflow is required"},
      {R"({"workflow": ""})", "/workflow", "must not be empty"},
      {R"({"workflow": "w", "trigers": {}})", "/trigers", "did you mean \"triggers\""},
      {R"({"workflow": "w", "overlap": "queue"})", "/overlap", "queue_one"},
      {R"({"workflow": "w", "overlap": 1})", "/overlap", "must be a string"},
      {R"({"workflow": "w", "retention": 30})", "/retention", "must be an object"},
      {R"({"workflow": "w", "retention": {"days": 0}})", "/retention/days", "1"},
      {R"({"workflow": "w", "retention": {"day": 3}})", "/retention/day", "did you mean \"days\""},
      {R"({"workflow": "w", "retention": {"days": 30, "failure_days": 7}})",
       "/retention/failure_days", "at least as long"},
      {R"({"workflow": "w", "limits": {"runs": 0}})", "/limits/runs", "from 1 to 10000"},
      {R"({"workflow": "w", "limits": {"priority": 101}})", "/limits/priority", "100"},
      {R"({"workflow": "w", "limits": {"tags": {"a": "2"}}})", "/limits/tags/a", "integer"},
      {R"({"workflow": "w", "limits": {"run": 1}})", "/limits/run", "did you mean \"runs\""},
      {R"({"workflow": "w", "triggers": []})", "/triggers", "must be an object"},
      {R"({"workflow": "w", "triggers": {"t": 1}})", "/triggers/t", "must be an object"},
      {R"({"workflow": "w", "triggers": {"manual": {"schedule": "@daily"}}})", "/triggers/manual",
       "manual and api are taken"},
      {R"({"workflow": "w", "triggers": {"a b": {"schedule": "@daily"}}})", "/triggers/a b",
       "cannot be the name"},
      {R"({"workflow": "w", "input": {"a": ["{% 1 + %}"]}})", "/input/a/0", "cannot be read"},
      {R"({"workflow": "w", "input": "{% $states.input %}"})", "/input", "there is no $states"},
  };
  for (const auto& refusal : refusals) expect_refusal(refusal.document, refusal);
}

TEST(Document, SaysWhatIsWrongWithATrigger) {
  constexpr Refusal refusals[] = {
      {"", "/triggers/t", "schedule"},
      {R"("shedule": "@daily")", "/triggers/t", "schedule"},
      {R"("schedule": "61 * * * *")", "/triggers/t/schedule", "61 is not from 0 to 59"},
      {R"("schedule": "@daily", "zone": "Europe/Berlim")", "/triggers/t/zone", "Europe/Berlin"},
      {R"("schedule": "@daily", "business_days": "later")", "/triggers/t/business_days", "next"},
      {R"("schedule": "@daily", "holidays": "days.txt")", "/triggers/t/holidays", "orch deploy"},
      {R"("schedule": "@daily", "holidays": ["24.12.2027"])", "/triggers/t/holidays", "24.12.2027"},
      {R"("schedule": "@daily", "start": "tomorrow")", "/triggers/t/start", "is no time"},
      {R"("schedule": "@daily", "jitter": "5")", "/triggers/t/jitter", "unit"},
      {R"("schedule": "@daily", "catchup": "5m")", "/triggers/t/catchup", "catch_up"},
      {R"("schedule": "@daily", "when_paused": "wait")", "/triggers/t/when_paused",
       "skip or queue"},
      {R"("files": "s3://zone")", "/triggers/t/files", "s3://BUCKET/"},
      {R"("files": "s3://{zone}/a.csv")", "/triggers/t/files", "s3://BUCKET/"},
      {R"("files": "drop/a.csv", "poll_seconds": 5)", "/triggers/t/poll_seconds", "watched"},
      {R"("webhook": {})", "/triggers/t/webhook", "the field secret is required"},
      {R"("webhook": {"secret": "hunter2"})", "/triggers/t/webhook/secret", "must not stand"},
      {R"("webhook": {"secret": []})", "/triggers/t/webhook/secret", "1 to 4"},
      {R"("webhook": {"secret": {"env": "A", "file": "b"}})", "/triggers/t/webhook/secret",
       "exactly one"},
      {R"("webhook": {"secret": {"env": "A"}, "signature": "gitlab"})",
       "/triggers/t/webhook/signature", "github, standard or stripe"},
      {R"("webhook": {"secret": {"env": "A"}, "header": "a b"})", "/triggers/t/webhook/header",
       "no header"},
      {R"("webhook": {"secret": {"env": "A"}, "tolerance_seconds": 5})",
       "/triggers/t/webhook/tolerance_seconds", "has no time"},
      {R"("webhook": {"secret": {"env": "A"}, "filter": "true"})", "/triggers/t/webhook/filter",
       "between {% and %}"},
      {R"("webhook": {"secret": {"env": "A"}, "filter": "{% $states.input %}"})",
       "/triggers/t/webhook/filter", "there is no $states"},
      {R"("webhook": {"secret": {"env": "A"}, "input": {"a": "{% 1 + %}"}})",
       "/triggers/t/webhook/input/a", "cannot be read"},
  };
  for (const auto& refusal : refusals) expect_refusal(with_trigger_of(refusal.document), refusal);
}

TEST(Document, TellsAllProblemsWithTheirLines) {
  const auto problems = problems_of("{\"workflow\": \"w\",\n \"overlap\": \"x\",\n \"inputs\": 1}");
  ASSERT_EQ(problems.size(), 2U);
  EXPECT_EQ(problems[0].line, 2);
  EXPECT_EQ(problems[1].line, 3);
}

TEST(ScheduleTrigger, JitterIsTheSameForTheSameFireAndNeverLonger) {
  const auto made = parse(with_trigger_of(R"("schedule": "@hourly", "jitter": "10m")"), "");
  const auto& trigger = std::get<ScheduleTrigger>(made.triggers.at("t").kind);
  std::set<Millis> delays;
  for (int hour = 0; hour < 100; ++hour) {
    const Instant at{std::chrono::hours(hour)};
    const auto delay = delay_of(trigger, "load", "t", at);
    EXPECT_EQ(delay, delay_of(trigger, "load", "t", at));
    EXPECT_GE(delay, Millis{0});
    EXPECT_LT(delay, std::chrono::minutes(10));
    delays.insert(delay);
  }
  EXPECT_GT(delays.size(), 50U) << "they are spread";
  // The delays of a release are those of the next.
  EXPECT_EQ(fire_key(Instant{std::chrono::hours(1)}), "1970-01-01T01:00:00Z");
}

}  // namespace
}  // namespace orch::pipeline
