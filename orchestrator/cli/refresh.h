// What a catalog and its sources differ in, for `catalog refresh` and a second `replicate`.
#pragma once

#include <filesystem>

#include "orchestrator/cli/command.h"
#include "workers/connectors/connections.h"

namespace orch::cli {

/// Says which tables are new, gone or changed since the catalog in `file` was written.
void say_changes(const Context& context, const std::filesystem::path& file,
                 const connectors::Connections& connections);

}  // namespace orch::cli
