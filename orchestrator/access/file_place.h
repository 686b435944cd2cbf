// Where a path leads once every symbolic link on it is followed.
#pragma once

#include <filesystem>
#include <optional>

namespace orch::access {

/// The path without links, "." and ".."; its end need not exist yet. Empty when that cannot be
/// told: a link leads nowhere or in a circle, or a folder may not be looked into. Reads the file
/// system.
std::optional<std::filesystem::path> true_place(const std::filesystem::path& path);

/// Whether `path` is `folder` or lies below it; both are true places.
bool lies_in(const std::filesystem::path& path, const std::filesystem::path& folder);

}  // namespace orch::access
