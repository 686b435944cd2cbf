#include "orchestrator/access/file_place.h"

#include <algorithm>
#include <system_error>

namespace orch::access {

namespace fs = std::filesystem;

std::optional<fs::path> true_place(const fs::path& path) {
  std::error_code failed;
  const auto whole = fs::absolute(path, failed);
  if (failed) return std::nullopt;
  fs::path place = whole.root_path();
  for (const auto& part : whole.relative_path()) {
    if (part.empty() || part == ".") continue;
    // After a link, ".." is the parent of its target; so links are followed first.
    if (part == "..") {
      place = place.parent_path();
      continue;
    }
    place /= part;
    const auto kind = fs::symlink_status(place, failed).type();
    if (kind == fs::file_type::not_found) continue;
    if (failed) return std::nullopt;
    if (kind != fs::file_type::symlink) continue;
    place = fs::canonical(place, failed);
    if (failed) return std::nullopt;
  }
  return place;
}

bool lies_in(const fs::path& path, const fs::path& folder) {
  const auto [end, ignored] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return end == folder.end();
}

}  // namespace orch::access
