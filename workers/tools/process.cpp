#include <fmt/format.h>

#include "orchestrator/base/utf8.h"
#include "orchestrator/json/text.h"
#include "workers/tools/process_call.h"
#include "workers/tools/task_input.h"
#include "workers/tools/tools.h"

namespace orch::tools {
namespace {

boost::json::value result_of(const std::string& program, const std::string& output, bool json) {
  if (!json) return boost::json::string(repaired(output));
  if (output.find_first_not_of(" \t\r\n") == std::string::npos) return nullptr;
  try {
    return json::parse(output);
  } catch (const json::SyntaxError& error) {
    throw workers::TaskFailed(
        "Process.OutputInvalid",
        fmt::format("{}: its standard output is not one JSON text: {}", program, error.what()),
        R"(write JSON and nothing else, or set "output": "text")", "ORCH-0614",
        {{"stdout", repaired(output.substr(0, 200))}});
  }
}

class Process final : public workers::Worker {
 public:
  boost::json::value run(const workers::Task& task, workers::TaskContext& context) override {
    library::ProgramCall call;
    bool json = true;
    read_input(task, [&](json::Fields& fields) {
      call = program_of(task, fields);
      const auto* input = fields.get("input");
      call.input = json::write(input ? *input : boost::json::value(nullptr));
      const auto output = fields.string("output").value_or("json");
      json = output == "json";
      if (!json && output != "text")
        fields.problem("output", fmt::format("output must be json or text, found \"{}\"", output));
    });
    const auto output = run_to_success(call, context);
    return result_of(call.argv.front(), output, json);
  }
};

}  // namespace

std::unique_ptr<workers::Worker> make_process() { return std::make_unique<Process>(); }

}  // namespace orch::tools
