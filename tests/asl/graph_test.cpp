// Pictures against golden texts in tests/cases; ORCH_UPDATE=1 writes them anew.
#include "orchestrator/asl/graph.h"

#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

#include "orchestrator/asl/parse.h"
#include "tests/asl/cases.h"

namespace orch::asl {
namespace {

const std::string cases = std::string(ORCH_SOURCE_DIR) + "/tests/cases/";

std::shared_ptr<const Workflow> example() {
  return parse_or_throw(test::read_file(cases + "graph.asl.json"), "graph.asl.json");
}

StateMarks marks() {
  using enum StateMark::Status;
  return {{"Read \"catalog\"", {succeeded, "1 attempt"}},
          {"Tables", {running, "3/23 \"tables\""}},
          {"Stage", {failed, ""}},
          {"Both", {not_run, ""}},
          {"Left", {caught, ""}},
          {"Right", {aborted, ""}}};
}

void expect_golden(const std::string& name, const std::string& text) {
  const auto file = cases + name;
  if (std::getenv("ORCH_UPDATE") != nullptr) std::ofstream(file) << text;
  EXPECT_EQ(text, test::read_file(file)) << name;
}

TEST(Graph, DotIsTheGoldenText) {
  expect_golden("graph.dot", to_dot(*example()));
  expect_golden("graph_marked.dot", to_dot(*example(), marks()));
}

TEST(Graph, MermaidIsTheGoldenText) {
  expect_golden("graph.mmd", to_mermaid(*example()));
  expect_golden("graph_marked.mmd", to_mermaid(*example(), marks()));
}

ChoiceRule rule_of(const std::string& rule) {
  const auto workflow =
      parse_or_throw(R"({"StartAt":"C","States":{"C":{"Type":"Choice","Choices":[)" + rule +
                         R"(]},"E":{"Type":"Succeed"}}})",
                     "rule");
  return std::get<Choice>(workflow->by_name.at("C")->body).choices.front();
}

TEST(Graph, ConditionsAreShort) {
  EXPECT_EQ(short_text(rule_of(R"({"Variable":"$.a","IsNull":false,"Next":"E"})")),
            "$.a is not null");
  const std::string umlauts = R"(ääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääää)";
  const auto cut =
      short_text(rule_of(R"({"Variable":"$.a","StringEquals":")" + umlauts + R"(","Next":"E"})"));
  EXPECT_EQ(cut, "$.a = \"" + umlauts.substr(0, 2 * 52) + "…");
}

}  // namespace
}  // namespace orch::asl
