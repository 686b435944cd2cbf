// Golden histories: tests/histories/*.json hold a definition, the stimuli with their times, and the
// history that came of them as a numbered list. ORCH_GOLDEN=write writes the list anew; a change
// shows in the diff and must be defended. Old histories stay: every release must fold them.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "orchestrator/json/text.h"
#include "tests/machine/scenario.h"

namespace orch::test {
namespace {

namespace bj = boost::json;
namespace fs = std::filesystem;

const fs::path folder = fs::path(ORCH_SOURCE_DIR) / "tests" / "histories";

std::string read(const fs::path& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::string> golden_names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

std::string text_of(const bj::object& object, std::string_view key) {
  const auto* value = object.if_contains({key.data(), key.size()});
  return value ? std::string(value->as_string()) : std::string();
}

/// {"at": 1500, "done": {"state": "Copy", "output": {}}}
void deliver(Scenario& scenario, const bj::object& step) {
  const auto at = step.at("at").as_int64();
  const auto of = [&](const char* key) { return step.if_contains(key); };
  if (of("start")) return scenario.stimulate(at, machine::Start{});
  if (const auto* v = of("begun"))
    return scenario.stimulate(at, machine::TaskBegun{scenario.ticket(std::string(v->as_string()))});
  if (const auto* v = of("done")) {
    const auto& object = v->as_object();
    return scenario.stimulate(at, machine::TaskDone{scenario.ticket(text_of(object, "state")),
                                                    json::Payload::of_value(object.at("output"))});
  }
  if (const auto* v = of("broken")) {
    const auto& object = v->as_object();
    return scenario.stimulate(
        at, machine::TaskBroken{scenario.ticket(text_of(object, "state")),
                                {text_of(object, "error"), text_of(object, "cause")}});
  }
  if (const auto* v = of("silent"))
    return scenario.stimulate(
        at, machine::HeartbeatMissed{scenario.ticket(std::string(v->as_string()))});
  if (of("timer")) return scenario.stimulate(at, machine::TimerDue{scenario.first_timer().timer});
  if (const auto* v = of("stop"))
    return scenario.stimulate(
        at, machine::Stop{text_of(v->as_object(), "error"), text_of(v->as_object(), "cause")});
  if (const auto* v = of("redrive")) {
    const auto& object = v->as_object();
    const auto* input = object.if_contains("input");
    return scenario.stimulate(
        at, machine::Redrive{text_of(object, "from"), input ? json::write(*input) : ""});
  }
  FAIL() << "no stimulus in " << json::write(step);
}

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
  const auto file = folder / (GetParam() + ".json");
  const auto golden = json::parse(read(file)).as_object();
  Scenario scenario(json::write(golden.at("definition")), json::write(golden.at("input")));
  for (const auto& step : golden.at("stimuli").as_array()) deliver(scenario, step.as_object());

  std::vector<std::string> lines;
  for (const auto& event : scenario.events()) lines.push_back(describe(event));
  if (std::getenv("ORCH_GOLDEN")) write_golden(file, golden, lines);

  std::vector<std::string> expected;
  const auto recorded = json::parse(read(file));
  for (const auto& line : recorded.at("history").as_array())
    expected.emplace_back(line.as_string());
  EXPECT_EQ(lines, expected);
}

INSTANTIATE_TEST_SUITE_P(Golden, History, ::testing::ValuesIn(golden_names()),
                         [](const auto& golden) { return golden.param; });

}  // namespace
}  // namespace orch::test
