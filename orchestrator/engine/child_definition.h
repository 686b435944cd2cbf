// What the children of a distributed Map run.
#pragma once

#include <string>

namespace orch::engine {

/// The processor of the Map state `state` of a valid definition, as a definition of its own.
std::string child_definition(const std::string& definition, const std::string& state);

}  // namespace orch::engine
