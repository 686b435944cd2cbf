#include "workers/files/pattern.h"

#include <charconv>
#include <fnmatch.h>

namespace orch::files {
namespace {

constexpr std::string_view null_partition = "__HIVE_DEFAULT_PARTITION__";

/// Takes the part before the next '/' from `name`.
std::string_view take_part(std::string_view& name) {
  const auto end = name.find('/');
  const auto part = name.substr(0, end);
  name = end == std::string_view::npos ? std::string_view() : name.substr(end + 1);
  return part;
}

bool part_matches(std::string_view pattern, std::string_view part) {
  return fnmatch(std::string(pattern).c_str(), std::string(part).c_str(), FNM_PERIOD) == 0;
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    const auto* digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

bool matches(std::string_view pattern, std::string_view name) {
  if (pattern.empty() || name.empty()) return pattern.empty() && name.empty();
  auto rest = pattern;
  const auto part = take_part(rest);
  if (part == "**") {
    for (auto below = name;; take_part(below)) {
      if (matches(rest, below)) return true;
      if (below.empty()) return false;
    }
  }
  auto below = name;
  const auto first = take_part(below);
  return rest.empty() == below.empty() && part_matches(part, first) && matches(rest, below);
}

bool has_wildcard(std::string_view name) {
  return name.find_first_of("*?[") != std::string_view::npos;
}

std::string fixed_folder(std::string_view pattern) {
  const auto wild = pattern.find_first_of("*?[");
  const auto slash = pattern.substr(0, wild).rfind('/');
  return slash == std::string_view::npos ? "" : std::string(pattern.substr(0, slash + 1));
}

std::size_t own_folder(std::string_view name, std::string_view file) {
  if (name.ends_with('/')) name.remove_suffix(1);
  const bool inside =
      file.size() > name.size() && file.starts_with(name) && file[name.size()] == '/';
  return inside && !has_wildcard(name) ? name.size() + 1 : fixed_folder(name).size();
}

std::string name_problem(std::string_view name) {
  if (name.find('\0') != std::string_view::npos) return "it holds a NUL character";
  for (auto rest = name; !rest.empty();) {
    const auto part = take_part(rest);
    if (part == ".." || part == ".") return "a name cannot leave the folder";
    if (part.empty()) return "a name has no empty part";
  }
  return {};
}

std::vector<Partition> partitions_of(std::string_view name, std::size_t skipped) {
  std::vector<Partition> found;
  auto rest = name.substr(std::min(skipped, name.size()));
  while (rest.find('/') != std::string_view::npos) {
    const auto part = take_part(rest);
    const auto equals = part.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    const auto value = part.substr(equals + 1);
    found.emplace_back(decoded(part.substr(0, equals)),
                       value == null_partition ? std::nullopt : std::optional(decoded(value)));
  }
  return found;
}

}  // namespace orch::files
