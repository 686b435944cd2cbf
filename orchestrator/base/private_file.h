// Files that only their owner may use: run stores, reports, results, keys.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <sys/types.h>

namespace orch {

/// Who may use what orch makes, as the mode of files and folders. Set when they are created: the
/// umask is the whole process's and stays as it is.
struct FileModes {
  mode_t file = 0600;
  mode_t folder = 0700;
};
inline constexpr FileModes private_modes{};

/// Makes `folder` and those above it that are not there. Throws std::system_error.
void make_private_folders(const std::filesystem::path& folder);

/// Makes an empty file unless there is one. Throws std::system_error.
void make_private_file(const std::filesystem::path& file);

enum class ReadableBy : std::uint8_t { owner, group };

/// Takes away what others may do with an existing file, and logs that; a file of another user's is
/// only reported. Nothing happens when there is none. `by`: its group may still read it if it may
/// now and all others may not.
void tighten(const std::filesystem::path& file, ReadableBy by = ReadableBy::owner);

/// Lets the group of `from` read `to` if it may read `from`. Throws std::system_error.
void copy_group(const std::filesystem::path& from, const std::filesystem::path& to);

/// Throws Error ORCH-0017 when others than the file's owner may read it; its group may when it is
/// root's. `what` ("a key file") says what it is. Nothing happens when there is none.
void require_private(const std::filesystem::path& file, const std::string& what);

}  // namespace orch
