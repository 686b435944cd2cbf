// A file of a folder that is a bucket.
#pragma once

#include <filesystem>
#include <sys/stat.h>

#include "orchestrator/base/time.h"
#include "workers/library/bucket.h"
#include "workers/library/s3_failure.h"

namespace orch::library {

/// The failure of a system call on `path` with this errno: "S3.NoSuchKey", "S3.AccessDenied",
/// "S3.Failed".
S3Failed file_failure(const std::filesystem::path& path, int error);

/// Changes with every change of the file.
std::string etag_of(const struct stat& file);

/// When it was written last.
Instant modified_at(const struct stat& file);

/// The regular file at `path`. Throws S3Failed.
struct stat look_at(const std::filesystem::path& path);

/// Files that are being written have names of their own, which are no keys: NAME.orch-bucket.part,
/// as replace_file() calls them, or with a number.
inline constexpr std::string_view draft_writer = "orch-bucket";
bool is_draft(std::string_view key);

/// The bytes of a file, as they are when it is opened: one that is deleted or replaced meanwhile
/// is read to its end. Folders, pipes, sockets and devices are refused without being waited for.
std::unique_ptr<Bytes> open_file(const std::filesystem::path& path);

}  // namespace orch::library
