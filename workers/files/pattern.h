// Names with '/' that stand for files, and what folders say of them. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orch::files {

/// Part by part: * and ? stand for anything but '/', ** as a part of its own for any number of
/// parts.
bool matches(std::string_view pattern, std::string_view name);
bool has_wildcard(std::string_view name);
/// The folder that all names of a pattern lie in, with its '/'; empty: the topmost one.
std::string fixed_folder(std::string_view pattern);
/// How much of `file`, one of the files of table `name`, is the table's own folder, in bytes: what
/// folders after it say are columns.
std::size_t own_folder(std::string_view name, std::string_view file);
/// Why no file below a folder has this name; empty when one can: "..", "." and empty parts.
std::string name_problem(std::string_view name);

/// A column that folders `name=value` give; %XX is decoded, and __HIVE_DEFAULT_PARTITION__ is NULL.
using Partition = std::pair<std::string, std::optional<std::string>>;

/// The partitions of the folders of `name` after the first `skipped` bytes, in order.
std::vector<Partition> partitions_of(std::string_view name, std::size_t skipped);

}  // namespace orch::files
