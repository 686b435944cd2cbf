#include "orchestrator/host/bound_machines.h"

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/read_file.h"
#include "orchestrator/yaml/yaml.h"

namespace orch::host {
namespace {

namespace bj = boost::json;

constexpr const char* role = "arn:aws:iam::123456789012:role/orch";

void keep(stepfunctions::Service& service, const bindings::StateMachine& machine) {
  const auto text = yaml::from_file(read_file(machine.file), machine.file.string()).json;
  stepfunctions::Call create;
  create.operation = "CreateStateMachine";
  create.request = {{"name", machine.name}, {"definition", text}, {"roleArn", role}};
  try {
    service.call(create);
    return;
  } catch (const stepfunctions::ServiceError& error) {
    if (error.type() != "StateMachineAlreadyExists") throw;
  }
  stepfunctions::Call update;
  update.operation = "UpdateStateMachine";
  update.request = {{"stateMachineArn", stepfunctions::Place{}.machine(machine.name)},
                    {"definition", text}};
  service.call(update);
}

}  // namespace

void keep_machines(stepfunctions::Service& service,
                   const std::vector<bindings::StateMachine>& machines) {
  for (const auto& machine : machines) {
    try {
      keep(service, machine);
    } catch (const stepfunctions::ServiceError& error) {
      throw Error("ORCH-0014", fmt::format("the state machine \"{}\" of {}: {}", machine.name,
                                           machine.file.string(), error.message()));
    }
  }
}

}  // namespace orch::host
