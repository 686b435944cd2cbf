// The project that `orch replicate` makes: connections.json, secrets, catalog.json, and the
// pipeline that `orch deploy` takes.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "workers/connectors/registry.h"

namespace orch::cli {

/// A URL with its password taken out.
struct SplitUrl {
  std::string url;
  std::string password;
};

/// Takes the password out of a URL: of the user part, or a parameter "password". Relative paths, of
/// URLs that name a file or folder, become absolute. Throws Error ORCH-0009 for what is no URL of a
/// connector with the ability `role` (source or target).
SplitUrl split_url(const std::string& text, connectors::Ability role);

struct ReplicationFolder {
  std::filesystem::path folder;
  std::filesystem::path connections;
  std::filesystem::path catalog;
};

/// Makes `folder` a project with a connections file for "source" and "target"; passwords go to
/// files of mode 0600 beside it. A connections file that is there for the same databases stays as
/// it is; one of other databases is replaced while there is no catalog (a misspelt URL, say), else
/// refused (ORCH-0010).
ReplicationFolder make_replication_folder(const std::filesystem::path& folder,
                                          const std::string& from, const std::string& to);

}  // namespace orch::cli
