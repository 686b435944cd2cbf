// Sample data that is not part of the repository.
#pragma once

#include <cstdlib>
#include <filesystem>

namespace orch::testing {

/// ORCH_SHARED, else ../shared beside the repository. May not exist: skip the test then.
inline std::filesystem::path shared_folder() {
  const char* given = std::getenv("ORCH_SHARED");
  return given ? std::filesystem::path(given)
               : std::filesystem::path(ORCH_SOURCE_DIR) / ".." / "shared";
}

}  // namespace orch::testing
