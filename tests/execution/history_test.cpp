// Golden histories: tests/histories/*.json hold a definition, the stimuli with their times, and the
// history that came of them as a numbered list. ORCH_GOLDEN=write writes the list anew; a change
// shows in the diff and must be defended. Old histories stay: every release must fold them.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "orchestrator/json/text.h"
#include "tests/execution/history_file.h"
#include "tests/execution/scenario.h"

namespace orch::test {
namespace {

namespace bj = boost::json;
namespace fs = std::filesystem;

void write_golden(const fs::path& file, bj::object golden, const std::vector<std::string>& lines) {
  // Written by hand so that the definition stays compact and the history one event a line.
  std::ofstream out(file);
  out << "{\n  \"about\": " << json::write(golden.at("about"))
      << ",\n  \"definition\": " << json::write(golden.at("definition"))
      << ",\n  \"input\": " << json::write(golden.at("input")) << ",\n  \"stimuli\": [";
  const char* separator = "\n";
  for (const auto& step : golden.at("stimuli").as_array()) {
    out << separator << "    " << json::write(step);
    separator = ",\n";
  }
  out << "\n  ],\n  \"history\": [";
  separator = "\n";
  for (const auto& line : lines) {
    out << separator << "    " << json::write(bj::value(line));
    separator = ",\n";
  }
  out << "\n  ]\n}\n";
}

class History : public ::testing::TestWithParam<std::string> {};

TEST_P(History, IsAsRecorded) {
  const auto file = golden_file(GetParam());
  const auto golden = read_golden(GetParam());
  const auto scenario = replayed(GetParam());

  std::vector<std::string> lines;
  for (const auto& event : scenario.events()) lines.push_back(describe(event));
  if (std::getenv("ORCH_GOLDEN")) write_golden(file, golden, lines);

  std::vector<std::string> expected;
  const auto recorded = read_golden(GetParam());
  for (const auto& line : recorded.at("history").as_array())
    expected.emplace_back(line.as_string());
  EXPECT_EQ(lines, expected);
}

INSTANTIATE_TEST_SUITE_P(Golden, History, ::testing::ValuesIn(golden_names()),
                         [](const auto& golden) { return golden.param; });

}  // namespace
}  // namespace orch::test
