// The setting "retention".
#pragma once

#include "orchestrator/cli/settings.h"
#include "orchestrator/host/retention.h"

namespace orch::cli {

/// Throws Error ORCH-0001 for a word that says nothing.
host::RetentionDefaults retention_of(const Settings& settings);

}  // namespace orch::cli
