// Files that are whole or not there.
#pragma once

#include <filesystem>
#include <string_view>

namespace orch {

/// Replaces the file, durably: a reader sees the old one or the new one, never a part. The draft
/// beside it is named after `writer`, who writes one at a time: after a kill the same writer writes
/// over what was left. Throws std::system_error.
void replace_file(const std::filesystem::path& path, std::string_view content,
                  std::string_view writer);

}  // namespace orch
