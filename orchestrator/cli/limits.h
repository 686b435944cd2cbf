// What the setting "limit" says.
#pragma once

#include "orchestrator/cli/settings.h"
#include "orchestrator/engine/limits.h"

namespace orch::cli {

/// "runs=4", "tag:NAME=2". Throws Error ORCH-0001.
engine::Limits limits_of(const Settings& settings);

}  // namespace orch::cli
