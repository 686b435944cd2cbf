// A bucket at an S3-compatible endpoint.
#pragma once

#include "workers/library/bucket.h"

namespace orch::library {

/// `endpoint` is an http(s) address; the bucket stands in the path. Nothing is asked of it yet.
std::unique_ptr<Bucket> open_s3(std::string endpoint, std::string bucket,
                                std::function<bool()> stop);

}  // namespace orch::library
