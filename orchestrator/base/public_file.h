// Files that other programs read while they come.
#pragma once

#include <filesystem>
#include <string_view>

namespace orch {

/// Makes the file, whole and durable, if there is none of that name; false when there is one. Of
/// several who try at once one succeeds. Throws std::system_error.
bool put_file(const std::filesystem::path& path, std::string_view content);

/// Replaces the file, whole and durable. Throws std::system_error.
void exchange_file(const std::filesystem::path& path, std::string_view content);

/// Waits until the file's content, or a folder's names, are on the disk. Throws std::system_error.
void sync_path(const std::filesystem::path& path);

/// True for the names of files that are being written by these functions.
bool is_draft(std::string_view file_name);

}  // namespace orch
