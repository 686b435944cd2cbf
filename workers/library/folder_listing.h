// The files of a folder that is a bucket.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "workers/library/bucket.h"

namespace orch::library {

/// Files below `folder` whose key starts with `prefix`, in the order of their keys. What is deleted
/// meanwhile is left out, as are links to folders and what is no file. Throws TaskFailed
/// "S3.AccessDenied" for a folder that may hold such keys and may not be read, "S3.InvalidKey" for
/// a name that is not UTF-8.
std::vector<Listed> list_folder(const std::filesystem::path& folder, const std::string& prefix);

}  // namespace orch::library
