// What the operator allows clients of the API to reach: the words of --allow.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "orchestrator/access/url.h"

namespace orch::access {

struct Grants {
  bool process = false;       ///< "process": programs of the host
  bool urls = false;          ///< "urls": any URL at a public address
  bool private_urls = false;  ///< "private-urls": also those of this machine and private networks
  bool without_keys = false;  ///< "without-keys": all this also when requests are not signed
  std::vector<Url> below;     ///< "url:URL": this URL and what lies below it
  std::vector<std::filesystem::path> folders;  ///< "folder:PATH": its files

  /// True when a client gets more than without any word.
  bool any() const;
};

/// Paths start at the present folder. Throws Error ORCH-0016 for a word there is not; `origin`
/// ("--allow") says where they stand.
Grants parse_grants(const std::vector<std::string>& words, const std::string& origin);

}  // namespace orch::access
