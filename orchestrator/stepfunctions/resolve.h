// From the name of a state machine, with or without version or alias, to what runs.
#pragma once

#include <optional>
#include <string>

#include "orchestrator/stepfunctions/desk.h"

namespace orch::stepfunctions {

/// What an ARN of a state machine stands for.
struct Target {
  store::MachineRow machine;
  std::optional<store::VersionRow> version;  ///< named, or chosen by the alias
  std::string alias;

  const store::Revision& revision() const { return version ? version->revision : machine.revision; }
};

/// Throws ServiceError InvalidArn or StateMachineDoesNotExist. An alias with two versions chooses
/// one of them by weight.
Target resolve(store::Machines& machines, const std::string& arn);

/// The machine an unqualified ARN names; a qualifier is a ServiceError ValidationException. Throws
/// StateMachineDoesNotExist for one that was not created.
store::MachineRow made_machine(Request& request, const std::string& arn);

[[noreturn]] void refuse_machine(const std::string& arn);

}  // namespace orch::stepfunctions
