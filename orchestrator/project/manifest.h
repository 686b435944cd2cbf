// project.json: the name of a project, its environments, and what ${NAME} is in them.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/project/document.h"
#include "orchestrator/project/variables.h"

namespace orch::project {

struct Manifest {
  Document document;
  std::string name;
  std::string connections = "connections.json";  ///< file below the project's folder
  /// URL or path of the store, as the environment has it: what `orch deploy` uses when nothing else
  /// names one; may be empty. Relative paths start at the project's folder.
  std::map<std::string, std::string> environments;
  std::string default_environment;  ///< used when none is asked for; may be empty
};

/// The name of project.json, or of project.yaml, in `folder`. Throws Error ORCH-0810 when there is
/// none.
std::string manifest_name(const std::filesystem::path& folder);

/// Unset when it cannot be read as a whole. Throws Error ORCH-0810 when there is none.
std::optional<Manifest> read_manifest(const std::filesystem::path& folder, Findings& findings);

/// The environment that is meant by `asked`, which may be empty: then the default, or the only one;
/// empty for a project without environments. Throws Error ORCH-0811 for one that there is not, and
/// when it must be said which.
std::string chosen_environment(const Manifest& manifest, const std::string& asked);

/// What ${NAME} is in the environment: its own variables and secrets go before those of the
/// project.
Variables variables_of(const Manifest& manifest, const std::filesystem::path& folder,
                       const std::string& environment, Findings& findings);

}  // namespace orch::project
