// What becomes of a pipeline's input for a run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/base/error.h"
#include "orchestrator/json/text.h"
#include "orchestrator/pipeline/document.h"

namespace orch::pipeline {
namespace {

using ::testing::HasSubstr;

std::string evaluated(const std::string& input) {
  const auto document = input.empty() ? std::string(R"({"workflow": "w"})")
                                      : R"({"workflow": "w", "input": )" + input + "}";
  const boost::json::object trigger{{"date", "2027-03-28"}, {"count", 3}};
  return json::write(parse(document, "").input.evaluate(trigger, {{"name", "load"}}));
}

TEST(Input, HasWhatTheTriggerKnows) {
  const std::pair<const char*, const char*> cases[] = {
      {"", R"({"trigger":{"date":"2027-03-28","count":3}})"},
      {R"({"day": "{% $trigger.date %}", "trigger": 1})", R"({"day":"2027-03-28","trigger":1})"},
      {R"({"trigger": "{% $trigger.count + 1 %}"})", R"({"trigger":4})"},
      {R"("{% $pipeline.name %}")", R"("load")"},
      {R"(["{% $trigger.none %}", {"a": "{%1%}"}, "a {% 1 %}"])", R"([{"a":1},"a {% 1 %}"])"},
      {R"({"none": "{% $trigger.none %}", "trigger": null})", R"({"trigger":null})"},
      {R"({"a/b~": {"c": "{% $uppercase($pipeline.name) %}"}, "trigger": 0})",
       R"({"a/b~":{"c":"LOAD"},"trigger":0})"},
  };
  for (const auto& [input, expected] : cases) EXPECT_EQ(evaluated(input), expected) << input;
}

TEST(Input, AnExpressionThatFailsNamesItsPlace) {
  try {
    evaluated(R"({"a": {"b": "{% $trigger.date + 1 %}"}})");
    FAIL() << "it was evaluated";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "ORCH-0803");
    EXPECT_THAT(error.what(), HasSubstr("/a/b"));
  }
}

}  // namespace
}  // namespace orch::pipeline
