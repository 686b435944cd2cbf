#include "bench/definitions.h"

#include <fmt/format.h>

namespace orch::bench {
namespace {

std::string chain(int steps, const std::string& state) {
  std::string states;
  for (int i = 1; i <= steps; ++i) {
    const auto next = i < steps ? fmt::format("\"Next\":\"S{}\"", i + 1) : "\"End\":true";
    states += fmt::format("{}\"S{}\":{{{},{}}}", i == 1 ? "" : ",", i, state, next);
  }
  return fmt::format("{{\"StartAt\":\"S1\",\"States\":{{{}}}}}", states);
}

}  // namespace

std::string task_chain(int steps) {
  return chain(steps, R"("Type":"Task","Resource":"bench:step")");
}

std::string pass_chain(int steps) { return chain(steps, R"("Type":"Pass")"); }

std::string task_map(int width) {
  return fmt::format(
      R"({{"StartAt":"All","States":{{"All":{{"Type":"Map","MaxConcurrency":{},"End":true,)"
      R"("ItemProcessor":{{"StartAt":"One","States":{{)"
      R"("One":{{"Type":"Task","Resource":"bench:step","End":true}}}}}}}}}}}})",
      width);
}

std::string numbers(int items) {
  std::string text = "[";
  for (int i = 0; i < items; ++i) text += fmt::format("{}{}", i == 0 ? "" : ",", i);
  return text + ']';
}

}  // namespace orch::bench
