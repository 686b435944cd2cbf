// A folder of this machine that is a bucket.
#pragma once

#include <filesystem>

#include "workers/library/bucket.h"

namespace orch::library {

/// Throws S3Failed "S3.NoSuchBucket" when it is no folder. Keys never lead out of it.
std::unique_ptr<Bucket> open_folder(const std::filesystem::path& folder);

}  // namespace orch::library
