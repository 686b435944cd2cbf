#include "orchestrator/stepfunctions/resolve.h"

#include <fmt/format.h>

#include "orchestrator/base/random.h"

namespace orch::stepfunctions {
namespace {

std::int64_t choose(const store::AliasRow& alias) {
  auto drawn = static_cast<std::int64_t>(random_bits() % 100);
  for (const auto& [version, weight] : alias.routing) {
    if (drawn < weight) return version;
    drawn -= weight;
  }
  return alias.routing.back().first;
}

}  // namespace

void refuse_machine(const std::string& arn) {
  throw ServiceError("StateMachineDoesNotExist",
                     fmt::format("State Machine Does Not Exist: '{}'", arn));
}

Target resolve(store::Machines& machines, const std::string& arn) {
  const auto named = parse_machine_arn(arn);
  auto machine = machines.find(named.name);
  if (!machine) refuse_machine(arn);
  Target target{std::move(*machine), std::nullopt, ""};
  if (named.qualifier.empty()) return target;
  auto number = named.version();
  if (!number) {
    const auto alias = machines.alias(target.machine.id, named.qualifier);
    if (!alias) refuse_machine(arn);
    target.alias = alias->name;
    number = choose(*alias);
  }
  target.version = machines.version(target.machine.id, *number);
  if (!target.version) refuse_machine(arn);
  return target;
}

store::MachineRow made_machine(Request& request, const std::string& arn) {
  const auto named = parse_machine_arn(arn);
  if (!named.qualifier.empty())
    throw ServiceError(
        "ValidationException",
        fmt::format("The ARN must name a state machine without version or alias: {}", arn));
  auto machine = request.machines().find(named.name);
  if (!machine || machine->id == 0) refuse_machine(arn);
  return std::move(*machine);
}

}  // namespace orch::stepfunctions
