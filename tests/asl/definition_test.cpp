// Which definitions are accepted, and what is said of those that are not.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/asl/parse.h"
#include "orchestrator/json/text.h"

namespace orch::asl {
namespace {

namespace bj = boost::json;
namespace fs = std::filesystem;

std::string read(const fs::path& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

fs::path corpus(const char* folder) {
  const char* shared = std::getenv("ORCH_SHARED");
  const fs::path root = shared ? fs::path(shared) : fs::path(ORCH_SOURCE_DIR) / ".." / "shared";
  return root / "conformance" / "asl" / folder;
}

std::string spelled(const std::vector<Problem>& problems) {
  std::string text;
  for (const auto& problem : problems)
    text += fmt::format("{}:{} {}: {}\n", problem.line, problem.column, problem.pointer,
                        problem.message);
  return text;
}

/// Every problem that a case expects, "pointer: part of the message", must be reported, and no
/// other.
TEST(Definition, CasesAreReportedWhole) {
  const auto cases =
      json::parse(read(fs::path(ORCH_SOURCE_DIR) / "tests" / "cases" / "definitions.json"));
  for (const auto& item : cases.as_array()) {
    const auto& each = item.as_object();
    const std::string name(each.at("name").as_string());
    const auto text = each.contains("text") ? std::string(each.at("text").as_string())
                                            : json::write(each.at("definition"));
    const auto result = parse(text);
    const auto& expected = each.at("problems").as_array();
    EXPECT_EQ(result.problems.size(), expected.size()) << name << "\n" << spelled(result.problems);
    const bool accepted = expected.empty() || each.contains("accepted");
    EXPECT_EQ(result.workflow != nullptr, accepted) << name;
    for (const auto& wanted : expected) {
      const auto& problem = wanted.as_array();
      const std::string pointer(problem.at(0).as_string()), part(problem.at(1).as_string());
      EXPECT_TRUE(std::any_of(result.problems.begin(), result.problems.end(),
                              [&](const Problem& found) {
                                return found.pointer == pointer &&
                                       found.message.find(part) != std::string::npos;
                              }))
          << name << ": no " << pointer << " … " << part << " in\n"
          << spelled(result.problems);
    }
  }
}

TEST(Definition, ProblemsHaveTheirPlaceInTheText) {
  const auto result = parse(
      "{\n  \"StartAt\": \"A\",\n  \"States\": {\n    \"A\": {\n"
      "      \"Type\": \"Pass\",\n      \"Next\": \"Bee\"\n    },\n"
      "    \"Bees\": {\"Type\": \"Succeed\"}\n  }\n}\n");
  ASSERT_EQ(result.problems.size(), 2u) << spelled(result.problems);
  EXPECT_EQ(result.problems[1].line, 8);
  EXPECT_EQ(result.problems[0].line, 6);
  EXPECT_EQ(result.problems[0].column, 7);
  EXPECT_THAT(result.problems[0].message, ::testing::HasSubstr("did you mean \"Bees\"?"));
}

TEST(Definition, AwkwardTextsAreRefusedQuickly) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "{\"a\":";
  for (const auto& text :
       {std::string(), std::string("{"), std::string("[]"), std::string("{\"StartAt\":\"A\""), deep,
        std::string("{\"StartAt\":\"A\",\"StartAt\":\"B\"}"), std::string("{\"a\":\"\xff\"}"),
        "{\"Comment\":\"" + std::string(10'000'000, 'x')}) {
    const auto result = parse(text);
    EXPECT_EQ(result.workflow, nullptr);
    ASSERT_FALSE(result.problems.empty());
    EXPECT_GT(result.problems[0].line, 0);
  }
}

TEST(Definition, LintCorpusGetsItsVerdicts) {
  if (!fs::exists(corpus("lint"))) GTEST_SKIP() << "no corpus";
  int count = 0;
  for (const auto& entry : fs::directory_iterator(corpus("lint"))) {
    const auto item = json::parse(read(entry.path()));
    const auto result = parse(std::string(item.at("raw").as_string()));
    EXPECT_EQ(result.workflow != nullptr, item.at("valid").as_bool())
        << entry.path().filename() << "\n"
        << spelled(result.problems);
    ++count;
  }
  EXPECT_GT(count, 20);
}

TEST(Definition, WhatTheServiceRanIsAccepted) {
  if (!fs::exists(corpus("cases"))) GTEST_SKIP() << "no corpus";
  int count = 0;
  for (const auto& entry : fs::directory_iterator(corpus("cases"))) {
    const auto item = json::parse(read(entry.path()));
    const auto* definition = item.as_object().if_contains("definition");
    const auto* expect = item.as_object().if_contains("expect");
    if (!definition || !definition->is_object() || !expect || !expect->is_object()) continue;
    const auto* events = expect->get_object().if_contains("events");
    if (!events || !events->is_array() || events->get_array().empty()) continue;  // it was refused
    const auto text = json::write(*definition);
    const auto result = parse(text);
    EXPECT_NE(result.workflow, nullptr) << entry.path().filename() << "\n"
                                        << spelled(result.problems) << text.substr(0, 1500);
    ++count;
  }
  EXPECT_GT(count, 200);
}

}  // namespace
}  // namespace orch::asl
