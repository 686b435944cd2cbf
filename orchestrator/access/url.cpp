#include "orchestrator/access/url.h"

#include <algorithm>
#include <cctype>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace orch::access {

bool Url::holds(const Url& other) const {
  return scheme == other.scheme && host == other.host && port == other.port &&
         path.size() <= other.path.size() &&
         std::equal(path.begin(), path.end(), other.path.begin());
}

std::optional<Url> parse_url(const std::string& text) {
  const auto parsed = boost::urls::parse_uri(text);
  if (!parsed) return std::nullopt;
  Url url;
  url.scheme = parsed->scheme();
  for (auto& c : url.scheme) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  url.host = parsed->host_address();
  for (auto& c : url.host) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if ((url.scheme != "http" && url.scheme != "https") || parsed->has_userinfo() || url.host.empty())
    return std::nullopt;
  url.port = std::string(parsed->port());
  if (url.port.empty()) url.port = url.scheme == "https" ? "443" : "80";
  for (const auto segment : parsed->segments()) {
    if (segment == "." || segment == "..") return std::nullopt;
    if (!segment.empty()) url.path.push_back(segment);
  }
  return url;
}

}  // namespace orch::access
