#include "orchestrator/asl/choice.h"

#include <string>

#include <gmock/gmock.h>

#include "orchestrator/asl/failure.h"
#include "orchestrator/asl/parse.h"
#include "tests/asl/cases.h"

namespace orch::asl {
namespace {

namespace bj = boost::json;
using test::Case;

/// A workflow whose first state, "Choose", has `rule` as its only rule.
std::shared_ptr<const Workflow> workflow_with(const bj::value& rule) {
  auto choice = rule.as_object();
  choice["Next"] = "Done";
  const bj::value definition = {
      {"StartAt", "Choose"},
      {"States",
       {{"Choose",
         {{"Type", "Choice"}, {"Choices", bj::array{std::move(choice)}}, {"Default", "Done"}}},
        {"Done", {{"Type", "Succeed"}}}}}};
  return parse_or_throw(json::write(definition), "the case");
}

class Choices : public testing::TestWithParam<Case> {};

TEST_P(Choices, HoldsOrNotOrSaysWhyNot) {
  const auto& given = GetParam();
  const auto workflow = workflow_with(given.value("rule"));
  const auto& rule = std::get<Choice>(workflow->by_name.at("Choose")->body).choices.front();
  const auto scope = test::scope_of(given);
  if (given.has("expect")) {
    EXPECT_EQ(holds(rule, scope), given.value("expect").as_bool());
    return;
  }
  try {
    holds(rule, scope);
    FAIL() << "did not fail";
  } catch (const EvaluationError& error) {
    EXPECT_EQ(error.failure(), (Failure{"States.Runtime", given.text("cause")}));
  }
}

INSTANTIATE_TEST_SUITE_P(Table, Choices, testing::ValuesIn(test::load("choices.json")),
                         test::test_name);

}  // namespace
}  // namespace orch::asl
