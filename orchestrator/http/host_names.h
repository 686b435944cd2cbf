// Which host names a server answers to: a page of somebody else's must not reach it through a name
// of theirs that leads here (DNS rebinding), nor from a page of theirs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orch::http {

/// What a request says of hosts, and where its connection arrived.
struct Addressed {
  std::string host;                   ///< the Host header; empty: none, or several
  std::optional<std::string> origin;  ///< the Origin header, of browsers
  std::string authority;      ///< of a target that is a whole URL, as proxies get; else empty
  std::string local_address;  ///< numeric
  std::uint16_t local_port = 0;
  bool encrypted = false;
};

/// Why a request is refused.
struct Misdirected {
  unsigned status = 421;  ///< 421: a host that is not this one's; 403: a page of another origin
  std::string message;
};

/// "localhost", addresses of this machine that the connection arrived at, and names that are given;
/// each also behind "sync-", which AWS clients put before some. Thread-safe.
class HostNames {
 public:
  /// `names` are "NAME", reached at any port (a proxy's, say), or "NAME:PORT".
  explicit HostNames(const std::vector<std::string>& names);

  /// Empty: the request is for this server.
  std::optional<Misdirected> refuse(const Addressed& request) const;

 private:
  struct Place {
    std::string name;  ///< in lower case, without brackets
    std::string port;  ///< empty: none
  };
  static std::optional<Place> parse(std::string_view authority);
  bool is_here(std::string_view authority, const std::string& usual_port,
               const Addressed& request) const;
  bool is_origin_here(const std::string& origin, const Addressed& request) const;

  std::vector<Place> names_;
};

}  // namespace orch::http
