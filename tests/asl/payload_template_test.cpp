#include "orchestrator/asl/payload_template.h"

#include <string>

#include <gmock/gmock.h>

#include "orchestrator/asl/failure.h"
#include "orchestrator/asl/path.h"
#include "tests/asl/cases.h"

namespace orch::asl {
namespace {

namespace bj = boost::json;
using test::Case;

class PayloadTemplates : public testing::TestWithParam<Case> {};

TEST_P(PayloadTemplates, AnswersOrSaysWhyNot) {
  const auto& given = GetParam();
  if (given.has("syntax")) {
    try {
      PayloadTemplate::compile(given.value("template"));
      FAIL() << "compiled";
    } catch (const SyntaxProblem& problem) {
      EXPECT_THAT(problem.what(), testing::HasSubstr(given.text("syntax")));
    }
    return;
  }
  const auto compiled = PayloadTemplate::compile(given.value("template"));
  const auto scope = test::scope_of(given);
  if (given.has("expect")) {
    EXPECT_EQ(json::write(compiled.evaluate(scope)), json::write(given.value("expect")));
    return;
  }
  try {
    FAIL() << "gave " << json::write(compiled.evaluate(scope));
  } catch (const EvaluationError& error) {
    EXPECT_EQ(error.failure(), (Failure{"States.Runtime", given.text("cause")}));
  }
}

INSTANTIATE_TEST_SUITE_P(Table, PayloadTemplates,
                         testing::ValuesIn(test::load("payload_templates.json")), test::test_name);

TEST(PayloadTemplate, EqualCallsInSeveralFieldsDiffer) {
  const bj::value data = bj::object();
  Scope scope;
  scope.data = &data;
  const auto compiled = PayloadTemplate::compile(
      json::parse(R"json({"a.$":"States.UUID()","b.$":"States.UUID()"})json"));
  const auto first = compiled.evaluate(scope);
  EXPECT_NE(first.at("a"), first.at("b"));
  EXPECT_EQ(first, compiled.evaluate(scope));
  scope.seed = 1;
  EXPECT_NE(first, compiled.evaluate(scope));
}

TEST(PayloadTemplate, TheContextIsFetchedOnlyWhenNeeded) {
  const auto data = json::parse(R"({"x":1})");
  Scope scope;
  scope.data = &data;
  scope.context = ContextObject(
      []() -> ContextObject::Document { throw std::logic_error("the context was not needed"); });
  EXPECT_NO_THROW(PayloadTemplate::compile(json::parse(R"({"a.$":"$.x","b":1})")).evaluate(scope));
}

TEST(PayloadTemplate, ADeepTemplateIsRefused) {
  bj::value source = 1;
  for (int i = 0; i < 1000; ++i) source = bj::array{std::move(source)};
  EXPECT_THROW(PayloadTemplate::compile(source), SyntaxProblem);
}

}  // namespace
}  // namespace orch::asl
