#include "orchestrator/asl/path.h"

#include <string>

#include <boost/json/array.hpp>
#include <gmock/gmock.h>

#include "orchestrator/asl/failure.h"
#include "tests/asl/cases.h"

namespace orch::asl {
namespace {

namespace bj = boost::json;
using test::Case;

class Paths : public testing::TestWithParam<Case> {};

TEST_P(Paths, AnswersOrSaysWhyNot) {
  const auto& given = GetParam();
  if (given.has("syntax")) {
    try {
      Path::compile(given.text("path"));
      FAIL() << "compiled";
    } catch (const SyntaxProblem& problem) {
      EXPECT_THAT(problem.what(), testing::HasSubstr(given.text("syntax")));
    }
    return;
  }
  const auto path = Path::compile(given.text("path"));
  EXPECT_EQ(path.text(), given.text("path"));
  const auto scope = test::scope_of(given);
  if (given.has("expect")) {
    EXPECT_EQ(json::write(path.evaluate(scope)), json::write(given.value("expect")));
    return;
  }
  try {
    FAIL() << "gave " << json::write(path.evaluate(scope));
  } catch (const EvaluationError& error) {
    EXPECT_EQ(error.failure(), (Failure{"States.Runtime", given.text("cause")}));
  }
}

INSTANTIATE_TEST_SUITE_P(Table, Paths, testing::ValuesIn(test::load("paths.json")),
                         test::test_name);

Scope over(const bj::value& data) {
  Scope scope;
  scope.data = &data;
  scope.context = ContextObject(
      []() -> ContextObject::Document { throw std::logic_error("the context was not needed"); });
  return scope;
}

TEST(Path, FindGivesThePlaceInsideTheDocument) {
  const auto data = json::parse(R"({"a":{"b":[1,2]}})");
  EXPECT_EQ(Path::compile("$.a.b[1]").find(over(data)), &data.at("a").at("b").at(1));
  EXPECT_EQ(Path::compile("$.a.x").find(over(data)), nullptr);
  EXPECT_EQ(Path::compile("$").find(over(data)), &data);
  EXPECT_EQ(Path::compile("$.a.*").find(over(data)), nullptr);
}

TEST(Path, KnowsWhetherItNamesOnePlace) {
  for (const auto* text : {"$", "$.a", "$['a'][0]", "$[-1]", "$$.Execution.Id"})
    EXPECT_TRUE(Path::compile(text).definite()) << text;
  for (const auto* text :
       {"$.*", "$..a", "$[0,1]", "$[1:]", "$['a','b']", "$[?(@.a)]", "$.length()"})
    EXPECT_FALSE(Path::compile(text).definite()) << text;
  EXPECT_TRUE(Path::compile("$").is_root());
  EXPECT_FALSE(Path::compile("$$").is_root());
  EXPECT_FALSE(Path::compile("$.length()").is_root());
}

TEST(Path, EvaluateFieldWordsAMissLikeTheService) {
  const auto data = json::parse(R"({"b":1.0})");
  try {
    Path::compile("$.x").evaluate_field(over(data), "ErrorPath");
    FAIL();
  } catch (const EvaluationError& error) {
    EXPECT_EQ(error.failure().cause,
              "The JSONPath '$.x' specified for the field 'ErrorPath' could not be found in the "
              "input '{\"b\":1.0}'");
  }
}

TEST(Path, HugeAndDeepExpressionsAreRefused) {
  std::string steps = "$";
  for (int i = 0; i < 300; ++i) steps += ".a";
  EXPECT_THROW(Path::compile(steps), SyntaxProblem);
  EXPECT_THROW(Path::compile("$." + std::string(100'000, 'a')), SyntaxProblem);
  const auto nested = [](const std::string& open, const std::string& inner,
                         const std::string& close, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += open;
    text += inner;
    for (int i = 0; i < times; ++i) text += close;
    return "$[?(" + text + ")]";
  };
  EXPECT_NO_THROW(Path::compile(nested("(", "@.a", ")", 20)));
  EXPECT_THROW(Path::compile(nested("(", "@.a", ")", 10'000)), SyntaxProblem);
  EXPECT_THROW(Path::compile(nested("!", "@.a", "", 10'000)), SyntaxProblem);
  EXPECT_THROW(Path::compile(nested("@[?(", "@.a", ")]", 10'000)), SyntaxProblem);
  EXPECT_THROW(Path::compile(nested("@ == [", "", "]", 10'000)), SyntaxProblem);
}

bj::value deep(int levels) {
  bj::value value = 1;
  for (int i = 0; i < levels; ++i) value = bj::object{{"a", std::move(value)}};
  return value;
}

TEST(Path, DeepDocumentsAndHungryPathsEndInAnError) {
  const auto shallow = deep(120);
  EXPECT_EQ(Path::compile("$..a").evaluate(over(shallow)).as_array().size(), 120u);
  const auto too_deep = deep(2000);
  EXPECT_THROW(Path::compile("$..a").evaluate(over(too_deep)), EvaluationError);
  EXPECT_THROW(Path::compile("$..a..a..a..a..a").evaluate(over(shallow)), EvaluationError);
}

TEST(Path, AnExponentialRegularExpressionEndsInAnError) {
  const bj::value data = bj::array{bj::value(bj::string(std::string(40, 'a') + "b"))};
  EXPECT_THROW(Path::compile("$[?(@ =~ /(a+)+$/)]").evaluate(over(data)), EvaluationError);
}

TEST(Path, CompilingNeverCrashesOnDamagedText) {
  for (const auto& each : test::load("paths.json")) {
    const auto text = each.text("path");
    for (std::size_t cut = 0; cut < text.size(); ++cut) {
      for (const auto& damaged :
           {text.substr(0, cut), text.substr(0, cut) + text.substr(cut + 1)}) {
        try {
          Path::compile(damaged);
        } catch (const SyntaxProblem&) {
        }
      }
    }
  }
}

bj::value assigned(const char* path, const char* document, const char* result) {
  auto value = json::parse(document);
  ReferencePath::compile(path).assign(value, json::parse(result));
  return value;
}

TEST(ReferencePath, PutsTheResultInPlace) {
  const auto expect = [](const char* path, const char* document, const char* text) {
    EXPECT_EQ(json::write(assigned(path, document, "9")), text) << path;
  };
  expect("$", R"({"a":1})", "9");
  expect("$.b", R"({"a":1})", R"({"a":1,"b":9})");
  expect("$.a", R"({"a":1,"b":2})", R"({"a":9,"b":2})");
  expect("$.x.y.z", R"({})", R"({"x":{"y":{"z":9}}})");
  expect("$['a b'].c", R"({})", R"({"a b":{"c":9}})");
  expect("$.a[1]", R"({"a":[1,2,3]})", R"({"a":[1,9,3]})");
  expect("$.a[0].n", R"({"a":[{}]})", R"({"a":[{"n":9}]})");
}

TEST(ReferencePath, RefusesWhatItCannotEnter) {
  for (const auto& [path, document] :
       std::vector<std::pair<const char*, const char*>>{{"$.a.b", R"({"a":1})"},
                                                        {"$.a.b", R"({"a":null})"},
                                                        {"$.a", R"("text")"},
                                                        {"$.a", R"([1])"},
                                                        {"$.a[3]", R"({"a":[1,2,3]})"},
                                                        {"$.a[0]", R"({"a":{}})"},
                                                        {"$.x.y[0]", R"({})"}}) {
    auto value = json::parse(document);
    try {
      ReferencePath::compile(path).assign(value, bj::value(9));
      ADD_FAILURE() << path << " on " << document;
    } catch (const EvaluationError& error) {
      EXPECT_EQ(error.failure(), (Failure{"States.ResultPathMatchFailure",
                                          std::string("Unable to apply ReferencePath ") + path +
                                              " to input " + json::write(json::parse(document))}));
      EXPECT_EQ(json::write(value), json::write(json::parse(document))) << "changed";
    }
  }
}

TEST(ReferencePath, RefusesPathsThatAreNoReferencePaths) {
  for (const auto* text : {"$.*", "$..a", "$[0,1]", "$[1:2]", "$['a','b']", "$[?(@.a)]", "$.a[-1]",
                           "$.length()", "$$.a", "$$", "a", ""})
    EXPECT_THROW(ReferencePath::compile(text), SyntaxProblem) << text;
}

}  // namespace
}  // namespace orch::asl
