// Which messages follow from what happens, told as a table: a script of what happens at which
// minute, and what is told then.
#include "orchestrator/alerts/evaluate.h"

#include <gtest/gtest.h>

#include "orchestrator/json/text.h"

namespace orch::alerts {
namespace {

using namespace std::chrono_literals;

const Instant start = *from_iso("2026-03-28T04:00:00Z");

Rule rule(Condition when) {
  Rule made;
  made.name = to_string(when);
  made.when = when;
  made.to = {"ops"};
  made.repeat = 4h;
  return made;
}

std::string told(const std::vector<Notice>& notices) {
  constexpr const char* words[] = {"firing", "repeated", "escalated", "recovered"};
  std::string text;
  for (const auto& notice : notices) {
    text += (text.empty() ? "" : ", ") + std::string(words[static_cast<int>(notice.kind)]);
    if (notice.count > 1) text += " x" + std::to_string(notice.count);
  }
  return text;
}

/// What happens at a time: a run that ended ("ok", "failed", "stopped", "caught", "drift"), or
/// nothing ("").
struct Step {
  std::chrono::minutes at;
  std::string what;
  std::string told;
  std::chrono::minutes took = 1min;
};

struct Story {
  std::string name;
  Rule rule;
  std::vector<Step> steps;
  std::vector<Silence> silences = {};
  std::optional<Promise> promise = {};
};

RunEnd end_of(const Step& step) {
  RunEnd run;
  run.run = "r";
  run.ended = start + step.at;
  run.started = run.ended - step.took;
  run.failure = "Source.Gone";
  if (step.what == "failed" || step.what == "drift") run.how = RunEnd::How::failed;
  if (step.what == "stopped") run.how = RunEnd::How::stopped;
  if (step.what == "caught") run.caught = {"Copy: Source.Gone"};
  if (step.what == "drift") run.drift = {"public.loans: +column rate"};
  return run;
}

// The state goes through its text between two steps, as it does in a store.
void play(const Story& story) {
  SCOPED_TRACE(story.name);
  const Subject subject{"pipeline:load", "ada", {story.rule}, story.promise};
  std::string state = to_text({});
  for (const auto& step : story.steps) {
    Facts facts;
    if (!step.what.empty()) facts.ended.push_back(end_of(step));
    auto result = evaluate(subject, state_from(state), facts, story.silences, start + step.at);
    EXPECT_EQ(told(result.notices), step.told)
        << "at minute " << step.at.count() << " after \"" << step.what << '"';
    EXPECT_EQ(state_from(to_text(result.state)), result.state);
    state = to_text(result.state);
  }
}

Rule thrice() {
  auto made = rule(Condition::failed);
  made.times = 3;
  return made;
}

Rule escalating() {
  auto made = rule(Condition::failed);
  made.escalation = {1h, {"pager"}};
  return made;
}

Rule told_once() {
  auto made = rule(Condition::failed);
  made.repeat = 0s;
  return made;
}

TEST(Evaluate, FailedRuns) {
  for (const auto& story : std::vector<Story>{
           {"told, repeated while it lasts, told when it is over",
            rule(Condition::failed),
            {{0min, "ok", ""},
             {10min, "failed", "firing"},
             {20min, "failed", ""},
             {30min, "failed", ""},
             {249min, "", ""},
             {250min, "", "repeated x3"},
             {300min, "failed", ""},
             {310min, "ok", "recovered x4"},
             {320min, "ok", ""}}},
           {"what is stopped has neither failed nor succeeded",
            rule(Condition::failed),
            {{0min, "stopped", ""},
             {1min, "failed", "firing"},
             {2min, "stopped", ""},
             {3min, "ok", "recovered"}}},
           {"only from the third in a row on",
            thrice(),
            {{0min, "failed", ""},
             {1min, "failed", ""},
             {2min, "ok", ""},
             {3min, "failed", ""},
             {4min, "failed", ""},
             {5min, "stopped", ""},
             {6min, "failed", "firing"},
             {7min, "ok", "recovered"}}},
           {"others are told when it lasts",
            escalating(),
            {{0min, "failed", "firing"},
             {59min, "", ""},
             {60min, "", "escalated"},
             {90min, "", ""},
             {100min, "ok", "recovered"}}},
           {"told once when that is wanted",
            told_once(),
            {{0min, "failed", "firing"}, {10'000min, "", ""}, {10'001min, "ok", "recovered"}}},
           {"silenced until a time, and told after it",
            rule(Condition::failed),
            {{0min, "failed", ""}, {29min, "failed", ""}, {30min, "", "firing x2"}},
            {{"pipeline:load", "*", start + 30min}}},
           {"what began and ended in silence is not told",
            rule(Condition::failed),
            {{0min, "failed", ""}, {1min, "ok", ""}, {40min, "", ""}},
            {{"*", "failed", start + 30min}}},
           {"others' silences do not count",
            rule(Condition::failed),
            {{0min, "failed", "firing"}},
            {{"pipeline:other", "*", start + 30min}, {"*", "late", start + 30min}}},
       })
    play(story);
}

TEST(Evaluate, FailedAndRecoveredBetweenTwoEvaluations) {
  const Subject subject{"workflow:load", "", {rule(Condition::failed)}};
  Facts facts;
  facts.ended = {end_of({0min, "failed", ""}), end_of({1min, "ok", ""})};
  const auto result = evaluate(subject, {}, facts, {}, start + 2min);
  EXPECT_EQ(told(result.notices), "firing, recovered");
  EXPECT_TRUE(result.state.incidents.empty());
}

TEST(Evaluate, DriftAndWarnings) {
  for (const auto& story : std::vector<Story>{
           {"drift",
            rule(Condition::drift),
            {{0min, "failed", ""},
             {1min, "drift", "firing"},
             {2min, "failed", ""},
             {3min, "ok", "recovered"}}},
           {"warning",
            rule(Condition::warning),
            {{0min, "failed", ""},
             {1min, "caught", "firing"},
             {2min, "failed", ""},
             {3min, "ok", "recovered"}}},
       })
    play(story);
}

TEST(Evaluate, SlowAgainstItsOwnHistory) {
  Story story{"slow", rule(Condition::slow), {}};
  // Four are no history.
  for (int i = 0; i < 4; ++i)
    story.steps.push_back({std::chrono::minutes(i * 20), "ok", "", 10min});
  story.steps.push_back({80min, "ok", "", 50min});
  story.steps.push_back({100min, "ok", "", 30min});  // of 10 min three times is allowed
  story.steps.push_back({140min, "ok", "firing", 31min});
  story.steps.push_back({160min, "failed", "", 90min});
  story.steps.push_back({180min, "ok", "recovered", 10min});
  play(story);
}

TEST(Evaluate, ARunUnderWayIsSlowBeforeItEnds) {
  const Subject subject{"pipeline:load", "", {rule(Condition::slow)}};
  SubjectState state;
  state.took_ms = std::vector<std::int64_t>(5, Millis(10min).count());
  Facts facts;
  facts.under_way = {{"r", "r", start}};
  auto result = evaluate(subject, state, facts, {}, start + 30min);
  EXPECT_EQ(told(result.notices), "");
  result = evaluate(subject, result.state, facts, {}, start + 31min);
  ASSERT_EQ(told(result.notices), "firing");
  EXPECT_EQ(result.notices[0].text, "still under way after 31 min; usual are 10 min");
}

TEST(Evaluate, LateByATimeOfDay) {
  // The night to 29 March 2026 has no hour from two to three in Berlin: 07:00 is 06:00 UTC on the
  // 28th and 05:00 UTC on the 29th.
  Promise promise;
  promise.by = 7h;
  promise.zone = "Europe/Berlin";
  play({"by",
        rule(Condition::late),
        {{0min, "", ""},         // nothing was promised before it was known
         {60min, "failed", ""},  // 06:00
         {119min, "", ""},
         {120min, "", "firing"},  // 07:00
         {150min, "", ""},
         {180min, "ok", "recovered"},  // 08:00
         {1'400min, "", ""},
         {1'499min, "", ""},  // 06:59 of the next day, in summer time
         {1'500min, "", "firing"},
         {1'510min, "ok", "recovered"}},
        {},
        promise});
}

TEST(Evaluate, LateWithinAWindow) {
  Promise promise;
  promise.by = 6h;
  promise.within = 8h;
  play({"within",
        rule(Condition::late),
        {{0min, "", ""},
         {120min, "", "firing"},         // 06:00
         {1'000min, "ok", "recovered"},  // 20:40, for today and too early for tomorrow
         {1'560min, "", "firing"},
         {1'561min, "ok", "recovered"},
         {2'800min, "ok", ""},  // 02:40
         {3'000min, "", ""}},
        {},
        promise});
}

TEST(Evaluate, LateByAge) {
  Promise promise;
  promise.max_age = 24h;
  play({"age",
        rule(Condition::late),
        {{0min, "", ""},
         {1'440min, "", ""},
         {1'441min, "", "firing"},
         {1'500min, "failed", ""},
         {1'510min, "ok", "recovered"},
         {2'900min, "", ""},
         {2'951min, "", "firing"}},
        {},
        promise});
}

TEST(Evaluate, NotStarted) {
  const Subject subject{"pipeline:load", "", {rule(Condition::not_started)}};
  Facts facts;
  facts.missing = {{"nightly", start, "the server was down"}};
  auto result = evaluate(subject, {}, facts, {}, start + 15min);
  EXPECT_EQ(told(result.notices), "");
  result = evaluate(subject, result.state, facts, {}, start + 16min);
  ASSERT_EQ(told(result.notices), "firing");
  EXPECT_EQ(result.notices[0].text,
            "no run of 2026-03-28T04:00:00.000Z (trigger nightly): the server was down");
  facts.latest_fire = start + 60min;
  result = evaluate(subject, result.state, facts, {}, start + 61min);
  EXPECT_EQ(told(result.notices), "recovered");
}

TEST(Evaluate, NotStartedWithoutASchedule) {
  auto hourly = rule(Condition::not_started);
  hourly.every = 1h;
  play(
      {"every",
       hourly,
       {{0min, "ok", ""}, {74min, "", ""}, {75min, "", "firing"}, {80min, "failed", "recovered"}}});
}

TEST(Evaluate, StoreAndDisk) {
  const Subject subject{"server", "", {rule(Condition::disk), rule(Condition::store)}};
  const struct {
    double free;
    const char* trouble;
    const char* told;
  } steps[] = {
      {50, nullptr, ""},         {9.9, nullptr, "firing"},        {10.5, nullptr, ""},
      {9, "no space", "firing"}, {11.5, "no space", "recovered"}, {12, nullptr, "recovered"}};
  SubjectState state;
  for (const auto& step : steps) {
    Facts facts;
    facts.free_percent = step.free;
    if (step.trouble) facts.store_trouble = step.trouble;
    auto result = evaluate(subject, state, facts, {}, start);
    EXPECT_EQ(told(result.notices), step.told) << step.free;
    state = result.state;
  }
}

TEST(Evaluate, ARuleThatIsGoneIsForgotten) {
  Subject subject{"pipeline:load", "", {rule(Condition::failed)}};
  Facts facts;
  facts.ended = {end_of({0min, "failed", ""})};
  auto result = evaluate(subject, {}, facts, {}, start);
  EXPECT_EQ(result.state.incidents.size(), 1u);
  subject.rules.clear();
  result = evaluate(subject, result.state, {}, {}, start + 1min);
  EXPECT_TRUE(result.notices.empty());
  EXPECT_TRUE(result.state.incidents.empty());
}

}  // namespace
}  // namespace orch::alerts
