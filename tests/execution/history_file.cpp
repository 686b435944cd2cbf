#include "tests/execution/history_file.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "orchestrator/json/text.h"

namespace orch::test {
namespace {

namespace bj = boost::json;
namespace fs = std::filesystem;

const fs::path folder = fs::path(ORCH_SOURCE_DIR) / "tests" / "histories";

std::string text_of(const bj::object& object, std::string_view key) {
  const auto* value = object.if_contains({key.data(), key.size()});
  return value ? std::string(value->as_string()) : std::string();
}

/// {"at": 1500, "done": {"state": "Copy", "output": {}}}
void deliver(Scenario& scenario, const bj::object& step) {
  const auto at = step.at("at").as_int64();
  const auto of = [&](const char* key) { return step.if_contains(key); };
  if (of("start")) return scenario.stimulate(at, execution::Start{});
  if (const auto* v = of("begun"))
    return scenario.stimulate(at,
                              execution::TaskBegun{scenario.ticket(std::string(v->as_string()))});
  if (const auto* v = of("done")) {
    const auto& object = v->as_object();
    return scenario.stimulate(at,
                              execution::TaskDone{scenario.ticket(text_of(object, "state")),
                                                  json::Payload::of_value(object.at("output"))});
  }
  if (const auto* v = of("broken")) {
    const auto& object = v->as_object();
    return scenario.stimulate(
        at, execution::TaskBroken{scenario.ticket(text_of(object, "state")),
                                  {text_of(object, "error"), text_of(object, "cause")}});
  }
  if (const auto* v = of("silent"))
    return scenario.stimulate(
        at, execution::HeartbeatMissed{scenario.ticket(std::string(v->as_string()))});
  if (of("timer")) return scenario.stimulate(at, execution::TimerDue{scenario.first_timer().timer});
  if (const auto* v = of("stop"))
    return scenario.stimulate(
        at, execution::Stop{text_of(v->as_object(), "error"), text_of(v->as_object(), "cause")});
  if (const auto* v = of("redrive")) {
    const auto& object = v->as_object();
    const auto* input = object.if_contains("input");
    return scenario.stimulate(
        at, execution::Redrive{text_of(object, "from"), input ? json::write(*input) : ""});
  }
  FAIL() << "no stimulus in " << json::write(step);
}

}  // namespace

std::vector<std::string> golden_names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

fs::path golden_file(const std::string& name) { return folder / (name + ".json"); }

bj::object read_golden(const std::string& name) {
  std::ifstream in(golden_file(name));
  std::stringstream text;
  text << in.rdbuf();
  return json::parse(text.str()).as_object();
}

Scenario replayed(const std::string& name) {
  const auto golden = read_golden(name);
  Scenario scenario(json::write(golden.at("definition")), json::write(golden.at("input")));
  for (const auto& step : golden.at("stimuli").as_array()) deliver(scenario, step.as_object());
  return scenario;
}

}  // namespace orch::test
