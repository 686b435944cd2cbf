// Where the relative paths of a run's tasks start.
#pragma once

#include <filesystem>

namespace orch::workers {

/// The folder of the run's connections file, or the one that a deployed file names as its
/// project's. Empty for a run without a connections file.
std::filesystem::path project_folder(const std::filesystem::path& connections);

}  // namespace orch::workers
