// Conditions and ranges of requests, for files.
#pragma once

#include <cstdint>
#include <sys/stat.h>

#include "workers/library/bucket.h"

namespace orch::library {

/// Bytes [first, first + length) of a file.
struct Extent {
  std::uint64_t first = 0;
  std::uint64_t length = 0;
  bool whole = true;  ///< no range was asked for
};

/// What of a file `ask` wants. Throws S3Failed "S3.NotModified" (304), "S3.PreconditionFailed"
/// (412), "S3.InvalidRange" (416), "S3.NotImplemented" (501) for what files have not: versions,
/// parts, metadata.
Extent wanted_extent(const Ask& ask, const struct stat& file);

/// Throws likewise for the conditions of a write; `file` is null when there is none yet.
void check_write(const Ask& ask, const struct stat* file);

}  // namespace orch::library
