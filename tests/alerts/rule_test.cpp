// What a pipeline's document says of alerts, and what is wrong with it.
#include "orchestrator/alerts/rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/alerts/reaction.h"
#include "orchestrator/json/text.h"

namespace orch::alerts {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> problems_of(std::string_view text) {
  json::Problems problems;
  const auto value = json::parse(text);
  json::Fields fields(value.as_object(), "", problems);
  read_rules(fields, "alerts");
  read_reaction(fields);
  read_fresh(fields);
  std::vector<std::string> found;
  for (const auto& problem : problems) found.push_back(problem.pointer + ": " + problem.message);
  return found;
}

TEST(Rule, IsReadWithItsDefaults) {
  json::Problems problems;
  const auto value = json::parse(
      R"({"alerts": [{"on": "failed", "to": ["ops"]},
                     {"on": "failed", "name": "thrice", "times": 3, "to": ["ops", "mail"], "severity": "critical",
                      "repeat": "1h30m", "escalate": {"after": "2h", "to": ["pager"]}},
                     {"on": "late", "by": "07:00", "zone": "Europe/Berlin", "within": "8h", "to": ["ops"]}]})");
  json::Fields fields(value.as_object(), "", problems);
  const auto rules = read_rules(fields, "alerts");
  EXPECT_TRUE(problems.empty());
  ASSERT_EQ(rules.size(), 3u);
  EXPECT_EQ(rules[0].name, "failed");
  EXPECT_EQ(rules[0].times, 1);
  EXPECT_EQ(rules[0].repeat, 4h);
  EXPECT_EQ(rules[1].severity, "critical");
  EXPECT_EQ(rules[1].repeat, 90min);
  EXPECT_EQ(rules[1].escalation->after, 2h);
  EXPECT_EQ(rules[2].promise->by, 7h);
  EXPECT_EQ(rules[2].promise->within, 8h);
}

TEST(Rule, SaysWhatIsWrong) {
  const struct {
    const char* text;
    const char* problem;
  } cases[] = {
      {R"({"alerts": {}})", "/alerts: "},
      {R"({"alerts": [1]})", "/alerts/0: an alert must be an object, found the number 1"},
      {R"({"alerts": [{"to": ["ops"]}]})", "/alerts/0: "},
      {R"({"alerts": [{"on": "faild", "to": ["ops"]}]})",
       "/alerts/0/on: on is \"faild\"; did you mean \"failed\"?"},
      {R"({"alerts": [{"on": "failed"}]})", "/alerts/0/to: to must name at least one channel"},
      {R"({"alerts": [{"on": "failed", "to": ["ops"], "times": 0}]})", "/alerts/0/times: "},
      {R"({"alerts": [{"on": "late", "to": ["ops"], "times": 2}]})", "/alerts/0/times: "},
      {R"({"alerts": [{"on": "late", "to": ["ops"], "by": "7:00"}]})",
       "/alerts/0/by: by is \"7:00\": expected a time of day"},
      {R"({"alerts": [{"on": "late", "to": ["ops"], "by": "07:00", "zone": "Mars"}]})",
       "/alerts/0/zone: "},
      {R"({"alerts": [{"on": "slow", "to": ["ops"], "factor": 0.5}]})", "/alerts/0/factor: "},
      {R"({"alerts": [{"on": "failed", "to": ["ops"], "repeat": "soon"}]})", "/alerts/0/repeat: "},
      {R"({"alerts": [{"on": "failed", "to": ["ops"], "severity": "mild"}]})",
       "/alerts/0/severity: severity is \"mild\""},
      {R"({"alerts": [{"on": "failed", "to": ["ops"], "escalate": {"to": ["p"]}}]})",
       "/alerts/0/escalate: the member after is required"},
      {R"({"alerts": [{"on": "failed", "to": ["ops"]}, {"on": "failed", "to": ["ops"]}]})",
       "/alerts/1: two alerts are named \"failed\""},
      {R"({"on_failure": {}})", "/on_failure: on_failure does nothing"},
      {R"({"on_failure": {"pipeline": "a", "workflow": "b"}})",
       "/on_failure/workflow: on_failure has both pipeline and workflow"},
      {R"({"on_failure": {"resume": -1}})", "/on_failure/resume: "},
      {R"({"fresh": {"by": "25:00"}})", "/fresh/by: by is \"25:00\": expected a time of day"},
      {R"({"fresh": {"max_age": "x"}})", "/fresh/max_age: "},
      {R"({"fresh": {}})", "/fresh: fresh promises nothing"},
  };
  for (const auto& [text, problem] : cases) {
    const auto found = problems_of(text);
    ASSERT_FALSE(found.empty()) << text;
    EXPECT_THAT(found[0], testing::StartsWith(problem)) << text;
  }
}

}  // namespace
}  // namespace orch::alerts
