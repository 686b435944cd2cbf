// Secrets stand outside of the connections file: in the environment, or in a file of their own.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "orchestrator/json/fields.h"

namespace orch::connectors {

/// Where a secret is found. Exactly one is set.
struct SecretPlace {
  std::string environment;     ///< name of a variable
  std::filesystem::path file;  ///< relative to the connections file's folder
};

/// Reads `{"env": …}` or `{"file": …}`. A literal secret is a problem, and is not repeated in it.
std::optional<SecretPlace> parse_secret(json::Fields& fields, std::string_view field);

/// Throws TaskFailed "Connection.SecretMissing" (ORCH-0303) naming the place.
std::string fetch_secret(const SecretPlace& place, const std::filesystem::path& folder,
                         const std::string& connection);

}  // namespace orch::connectors
