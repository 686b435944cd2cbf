// YAML that becomes JSON: tests/cases/yaml.json, and what would become too much.
#include "orchestrator/yaml/yaml.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/json/text.h"
#include "tests/support/case_file.h"

namespace orch::yaml {
namespace {

namespace bj = boost::json;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string text_of(const bj::object& given, const char* name) {
  const auto* value = given.if_contains(name);
  return value ? std::string(value->get_string()) : std::string();
}

TEST(Yaml, BecomesJsonOrIsRefusedWithItsPlace) {
  for (const auto& given : test::cases_in("yaml.json")) {
    SCOPED_TRACE(test::case_name(given));
    try {
      const auto converted = to_json(text_of(given, "yaml"));
      EXPECT_EQ(converted.json, text_of(given, "json"));
      EXPECT_NO_THROW(json::parse(converted.json));
    } catch (const SyntaxError& error) {
      EXPECT_TRUE(given.contains("refused")) << error.what();
      EXPECT_THAT(error.what(), HasSubstr(text_of(given, "refused")));
      EXPECT_THAT(error.hint(), HasSubstr(text_of(given, "hint")));
    }
  }
}

std::string refusal_of(const std::string& text) {
  try {
    return to_json(text).json;
  } catch (const SyntaxError& error) {
    return std::string("refused: ") + error.what();
  }
}

TEST(Yaml, AliasesMakeNoBomb) {
  std::string laughs = "a: &a [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]\n";
  for (char name = 'b'; name <= 'j'; ++name) {
    const std::string before(1, static_cast<char>(name - 1));
    laughs += fmt::format(
        "{0}: &{0} [*{1}, *{1}, *{1}, *{1}, *{1}, *{1}, *{1}, *{1}, *{1}, *{1}]\n", name, before);
  }
  EXPECT_THAT(refusal_of(laughs), StartsWith("refused: the document becomes too large"));
  std::string deep = "a: &a0 1\n";
  for (int i = 1; i < 200; ++i) deep += fmt::format("b{0}: &a{0} [*a{1}]\n", i, i - 1);
  EXPECT_THAT(refusal_of(deep), StartsWith("refused: it is nested too deeply"));
}

TEST(Yaml, NestsAsDeepAsJsonDoes) {
  const auto nested = [](std::size_t levels) {
    return "# " + std::string("\n") + std::string(levels, '[') + std::string(levels, ']');
  };
  EXPECT_NO_THROW(json::parse(to_json(nested(json::max_depth)).json));
  EXPECT_THAT(refusal_of(nested(json::max_depth + 1)),
              StartsWith("refused: it is nested too deeply"));
  EXPECT_THAT(refusal_of(nested(100'000)), StartsWith("refused: it is nested too deeply"));
}

TEST(Yaml, ProblemsAreWhereTheirValuesAre) {
  const auto converted = to_json("a:\n  - x: 1\n    y/z: 2\nb: 3\n");
  json::Problems problems = {{"/b", "third"}, {"/a/0/y~1z", "second"}, {"/a/0/none", "first"}};
  locate_problems(converted.places, problems);
  std::vector<std::string> found;
  for (const auto& problem : problems)
    found.push_back(fmt::format("{} {}:{}", problem.message, problem.line, problem.column));
  EXPECT_THAT(found, ::testing::ElementsAre("first 2:5", "second 3:5", "third 4:1"));
}

}  // namespace
}  // namespace orch::yaml
