#include "orchestrator/http/host_names.h"

#include <algorithm>
#include <cctype>

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/utf8.h"

namespace orch::http {
namespace {

namespace ip = boost::asio::ip;

// What AWS clients put before the host of StartSyncExecution and TestState.
constexpr std::string_view client_prefix = "sync-";
constexpr std::size_t longest_shown = 100;

std::optional<ip::address> address_of(const std::string& text) {
  boost::system::error_code failed;
  const auto address = ip::make_address(text, failed);
  if (failed) return std::nullopt;
  // A socket for both families tells IPv4 in IPv6.
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return ip::make_address_v4(ip::v4_mapped, address.to_v6());
  return address;
}

std::string shown(const std::string& text) { return repaired(text.substr(0, longest_shown)); }

std::string usual_port(bool encrypted) { return encrypted ? "443" : "80"; }

}  // namespace

HostNames::HostNames(const std::vector<std::string>& names) {
  for (const auto& name : names) {
    auto place = parse(name);
    if (!place)
      throw Error("ORCH-0001",
                  fmt::format("--host-name is \"{}\": expected NAME or NAME:PORT", name),
                  "for example sfn.example.com, or localhost:9000 for a forwarded port");
    names_.push_back(std::move(*place));
  }
}

std::optional<HostNames::Place> HostNames::parse(std::string_view authority) {
  Place place;
  auto end = authority.find(':');
  if (authority.starts_with('[')) {
    const auto bracket = authority.find(']');
    if (bracket == authority.npos) return std::nullopt;
    place.name = authority.substr(1, bracket - 1);
    end = bracket + 1;
    if (end < authority.size() && authority[end] != ':') return std::nullopt;
  } else {
    place.name = authority.substr(0, end);
  }
  if (end < authority.size()) place.port = authority.substr(end + 1);
  for (auto& c : place.name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (place.name.ends_with('.')) place.name.pop_back();
  const bool digits = std::all_of(place.port.begin(), place.port.end(),
                                  [](char c) { return c >= '0' && c <= '9'; });
  if (place.name.empty() || !digits) return std::nullopt;
  return place;
}

bool HostNames::is_here(std::string_view authority, const std::string& port_unsaid,
                        const Addressed& request) const {
  auto place = parse(authority);
  if (!place) return false;
  if (place->name.starts_with(client_prefix)) place->name.erase(0, client_prefix.size());
  const auto port = place->port.empty() ? port_unsaid : place->port;
  const bool configured = std::any_of(names_.begin(), names_.end(), [&](const Place& each) {
    return each.name == place->name && (each.port.empty() || each.port == port);
  });
  if (configured) return true;
  if (port != std::to_string(request.local_port)) return false;
  if (place->name == "localhost") return true;
  const auto wanted = address_of(place->name);
  const auto local = address_of(request.local_address);
  if (!wanted || !local) return false;
  return *wanted == *local || (wanted->is_loopback() && local->is_loopback());
}

bool HostNames::is_origin_here(const std::string& origin, const Addressed& request) const {
  constexpr std::string_view plain = "http://", encrypted = "https://";
  const std::string_view text = origin;
  if (text.starts_with(plain))
    return is_here(text.substr(plain.size()), usual_port(false), request);
  if (!text.starts_with(encrypted)) return false;
  return is_here(text.substr(encrypted.size()), usual_port(true), request);
}

std::optional<Misdirected> HostNames::refuse(const Addressed& request) const {
  const auto port = usual_port(request.encrypted);
  const auto foreign = [&](const std::string& authority) {
    return Misdirected{421, fmt::format("this server does not answer to the host \"{}\"; if it "
                                        "should, start orch serve with --host-name {}",
                                        shown(authority), shown(authority))};
  };
  if (request.host.empty())
    return Misdirected{421, "the request has no Host header, or more than one"};
  if (!is_here(request.host, port, request)) return foreign(request.host);
  if (!request.authority.empty() && !is_here(request.authority, port, request))
    return foreign(request.authority);
  if (request.origin && !is_origin_here(*request.origin, request))
    return Misdirected{
        403, fmt::format("pages of \"{}\" may not call this server", shown(*request.origin))};
  return std::nullopt;
}

}  // namespace orch::http
