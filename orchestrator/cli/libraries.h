// The libraries of this program, in the versions that are loaded.
#pragma once

#include <vector>

#include "orchestrator/rest/library.h"

namespace orch::cli {

/// By name; those of the web UI, which are a part of the program, included.
std::vector<rest::Library> libraries();

}  // namespace orch::cli
