// Patterns of names as the shell writes them.
#pragma once

#include <fnmatch.h>
#include <string>

namespace orch::catalog {

/// True for what `pattern` matches (*, ?, [abc]), and for a name that is spelled as the pattern is:
/// a name with a bracket or star of its own is meant as it is written, too.
inline bool matches(const std::string& pattern, const std::string& name) {
  return pattern == name || fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
}

}  // namespace orch::catalog
