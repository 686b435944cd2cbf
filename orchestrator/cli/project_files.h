// Project folders (orchestrator/project) as commands read and make them.
#pragma once

#include <filesystem>
#include <string>

#include "orchestrator/cli/command.h"
#include "orchestrator/project/project.h"
#include "orchestrator/project/scaffold.h"

namespace orch::cli {

/// What a project's documents are checked by: connectors, catalogs, the workflows compiled in.
project::Rooms project_rooms();

/// Writes the files that are not there yet.
void write_missing(const std::filesystem::path& folder, const project::NewFiles& files);

/// A name for the project in `folder`, made of the folder's name.
std::string project_name(const std::filesystem::path& folder);

/// Shows each problem: as pages, or with -o json and jsonl as documents.
void show_findings(const Context& context, const project::Findings& findings);

}  // namespace orch::cli
