// The project folder that `orch replicate` makes: connections.json, secrets, catalog.json.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

namespace orch::cli {

/// A URL with its password taken out.
struct SplitUrl {
  std::string url;
  std::string password;
};

/// Takes the password out of a database URL: of the user part, or a parameter "password". Relative
/// paths of sqlite: and csv: URLs become absolute. Throws Error ORCH-0009 for what is no URL.
SplitUrl split_url(const std::string& text);

struct Project {
  std::filesystem::path folder;
  std::filesystem::path connections;
  std::filesystem::path catalog;
};

/// Makes `folder` with a connections file for "source" and "target"; passwords go to files of mode
/// 0600 beside it. A folder with the project of other databases is refused (ORCH-0010).
Project make_project(const std::filesystem::path& folder, const std::string& from,
                     const std::string& to);

/// Keeps of a discovered catalog the tables that `names` (source names, keys, or patterns with *
/// and
/// ?) choose. Throws Error ORCH-0009 for a name that chooses nothing.
boost::json::object only_tables(boost::json::object catalog, const std::vector<std::string>& names);

}  // namespace orch::cli
