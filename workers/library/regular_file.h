// A file of a folder that is a bucket.
#pragma once

#include <filesystem>
#include <sys/stat.h>

#include "workers/library/bucket.h"
#include "workers/worker.h"

namespace orch::library {

/// The failure of a system call on `path` with this errno: "S3.NoSuchKey", "S3.AccessDenied",
/// "S3.Failed".
workers::TaskFailed file_failure(const std::filesystem::path& path, int error);

/// Changes with every change of the file.
std::string etag_of(const struct stat& file);
std::string etag_of(const std::filesystem::path& path);

/// The bytes of a file, as they are when it is opened: one that is deleted or replaced meanwhile
/// is read to its end. Folders, pipes, sockets and devices are refused without being waited for.
std::unique_ptr<Bytes> open_file(const std::filesystem::path& path);

}  // namespace orch::library
