// A folder whose files are tables, whatever their format.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "workers/data/source.h"

namespace orch::files {

/// A file as it was when its reading began; a later difference spoils the read.
struct FileState {
  std::filesystem::path path;  ///< of this machine; of an object in a bucket, its name
  std::string name;            ///< below the connection's folder, with '/'; for people, too
  std::uintmax_t bytes = 0;
  std::chrono::sys_time<std::chrono::nanoseconds> modified;
  std::string version = {};  ///< of an object in a bucket: its ETag

  friend bool operator==(const FileState&, const FileState&) = default;
};

/// Throws TaskFailed "Source.Failed" when the file cannot be looked at.
FileState look(const std::filesystem::path& path);

/// How the names of a format's files end; case does not count, the first is the usual one.
using Endings = std::span<const std::string_view>;

bool same_ending(std::string_view name, std::string_view ending);
/// The name without the ending that makes the file a table, and without a .gz or .zst after it;
/// empty for other files.
std::string table_name(const std::string& file, Endings endings);

/// All entries of the folder but hidden ones, sorted: files that `why_left_out` says nothing
/// against under their name without the ending, and what is not taken.
std::vector<data::Listed> list_files(
    const std::filesystem::path& folder, Endings endings,
    const std::function<std::string(const std::string& file)>& why_left_out);

/// The files of table `name`, sorted: one of that name, with or without its ending, or those that
/// match a pattern. Throws TaskFailed "Source.TableMissing" when there is none or the name leaves
/// the folder.
std::vector<std::filesystem::path> files_of(const std::filesystem::path& folder,
                                            const std::string& name, Endings endings);

/// Deals the files, in their order, to at most `parts` readers; none is left without a file.
std::vector<std::vector<FileState>> shares_of(const std::vector<FileState>& files, int parts);

/// Source::position() of these files.
boost::json::object position_of(const std::vector<FileState>& files);

/// Throws TaskFailed "Connection.Down" when `folder` is not a folder that can be listed; `files`
/// are the ones that belong there: "CSV files".
void ping(const std::filesystem::path& folder, std::string_view files);

}  // namespace orch::files
