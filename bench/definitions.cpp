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

std::string lines_map(const LinesMap& map) {
  const auto batcher =
      map.batch > 0 ? fmt::format(R"("ItemBatcher":{{"MaxItemsPerBatch":{}}},)", map.batch) : "";
  return fmt::format(
      R"({{"StartAt":"All","States":{{"All":{{"Type":"Map","End":true,"Label":"lines",)"
      R"("ItemReader":{{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":)"
      R"({{"InputType":"JSONL"}},"Parameters":{{"Bucket":"file:{0}","Key":"{1}"}}}},{2})"
      R"("ResultWriter":{{"Resource":"arn:aws:states:::s3:putObject","Parameters":)"
      R"({{"Bucket":"file:{0}","Prefix":"results"}}}},)"
      R"("ItemProcessor":{{"ProcessorConfig":{{"Mode":"DISTRIBUTED","ExecutionType":"{3}"}},)"
      R"("StartAt":"One","States":{{)"
      R"("One":{{"Type":"Task","Resource":"bench:step","End":true}}}}}}}}}}}})",
      map.folder, map.file, batcher, map.express ? "EXPRESS" : "STANDARD");
}

}  // namespace orch::bench
