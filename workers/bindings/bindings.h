// A bindings file: which worker, HTTP endpoint, program or recorded answer stands in for the
// resources that a definition names.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "workers/worker.h"

namespace orch::bindings {

/// A definition that executions may start by its name, without having been submitted before.
struct StateMachine {
  std::string name;
  std::filesystem::path file;
};

/// Reads the file and puts its bindings before the workers of `registry`, which must stay where it
/// is. Returns the state machines that it names. Throws InvalidDocument (ORCH-0014) with every
/// problem of the file, Error ORCH-0002 when it cannot be read. docs/bindings.md has every member.
std::vector<StateMachine> bind(workers::Registry& registry, const std::filesystem::path& file);

}  // namespace orch::bindings
