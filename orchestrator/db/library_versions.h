// Which versions of the libraries of databases this process has loaded.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace orch::db {

/// {name, version}, by name.
std::vector<std::pair<std::string, std::string>> library_versions();

}  // namespace orch::db
