// The parts of a URL that decide who is called.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace orch::access {

struct Url {
  std::string scheme;             ///< "http" or "https"
  std::string host;               ///< a name in lower case, or an address without brackets
  std::string port;               ///< also when the URL has none
  std::vector<std::string> path;  ///< decoded segments, without empty ones

  /// Whether `other` is this URL or lies below it: same scheme, host and port, and this path first.
  bool holds(const Url& other) const;
};

/// Empty for anything but an http or https URL without user and password whose path has no "." or
/// ".." segments: servers and proxies differ in what they make of those.
std::optional<Url> parse_url(const std::string& text);

}  // namespace orch::access
