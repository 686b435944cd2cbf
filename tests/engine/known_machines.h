// State machines that tests know, for tasks of states:startExecution.
#pragma once

#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/random.h"
#include "orchestrator/engine/nested_starts.h"
#include "orchestrator/json/text.h"

namespace orch::engine {

/// By name: {"StateMachineArn": NAME, "Name"?, "Input"?}.
class KnownMachines final : public NestedStarts {
 public:
  explicit KnownMachines(std::map<std::string, std::string> definitions)
      : definitions_(std::move(definitions)) {}

  boost::json::value start(const boost::json::value& parameters, const Start& start) override {
    const auto& given = parameters.as_object();
    const auto machine = std::string(given.at("StateMachineArn").as_string());
    const auto known = definitions_.find(machine);
    if (known == definitions_.end())
      throw workers::TaskFailed::with_cause("StepFunctions.StateMachineDoesNotExistException",
                                            machine);
    Submission wanted;
    wanted.workflow = machine;
    wanted.definition = known->second;
    const auto* name = given.if_contains("Name");
    wanted.name = name ? std::string(name->as_string()) : fmt::format("{:016x}", random_bits());
    if (const auto* input = given.if_contains("Input")) wanted.input = json::write(*input);
    wanted.service.arn =
        fmt::format("arn:aws:states:us-east-1:123456789012:execution:{}:{}", machine, wanted.name);
    return boost::json::object{{"ExecutionArn", wanted.service.arn},
                               {"Again", start(wanted).existed}};
  }

 private:
  std::map<std::string, std::string> definitions_;
};

}  // namespace orch::engine
