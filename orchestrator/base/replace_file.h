// Files that are whole or not there.
#pragma once

#include <filesystem>
#include <string_view>

namespace orch {

/// Replaces the file, durably: a reader sees the old one or the new one, never a part. The draft
/// beside it is named after `writer` and locked: several may write at a time, and what one that was
/// killed has left is taken over by the next. Throws std::system_error.
void replace_file(const std::filesystem::path& path, std::string_view content,
                  std::string_view writer);

}  // namespace orch
