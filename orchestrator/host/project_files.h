// The files of deployed projects as runs read them: a folder for each version, beside the store.
#pragma once

#include <filesystem>
#include <string>

#include "orchestrator/store/projects.h"
#include "orchestrator/store/store.h"

namespace orch::host {

/// The connections file that runs of the version's pipelines are given.
std::filesystem::path connections_of(const std::string& store_url,
                                     const store::ProjectVersion& version);

/// Writes the folder of the version, whole and durable, unless it is there. Throws Error ORCH-0002.
void keep_project_files(const std::string& store_url, const store::ProjectVersion& version);

/// Those of all versions of the store: what was lost beside it is there again.
void keep_project_files(const std::string& store_url, store::Store& store);

}  // namespace orch::host
