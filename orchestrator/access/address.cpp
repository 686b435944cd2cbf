#include "orchestrator/access/address.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

namespace orch::access {
namespace {

namespace ip = boost::asio::ip;

struct Range {
  const char* network;
  AddressKind kind;
};

// IANA's registries of special-purpose addresses, and the addresses outside of the link-local range
// at which clouds answer their machines. The first that fits counts.
constexpr std::array v4_ranges = {
    Range{"127.0.0.0/8", AddressKind::loopback},
    Range{"0.0.0.0/8", AddressKind::loopback},  // Linux connects to itself
    Range{"169.254.0.0/16", AddressKind::link_local},
    Range{"100.100.100.200/32", AddressKind::link_local},  // Alibaba
    Range{"168.63.129.16/32", AddressKind::link_local},    // Azure
    Range{"192.0.0.192/32", AddressKind::link_local},      // Oracle
    Range{"10.0.0.0/8", AddressKind::private_use},
    Range{"100.64.0.0/10", AddressKind::private_use},
    Range{"172.16.0.0/12", AddressKind::private_use},
    Range{"192.0.0.0/24", AddressKind::private_use},
    Range{"192.168.0.0/16", AddressKind::private_use},
    Range{"198.18.0.0/15", AddressKind::private_use},
    Range{"224.0.0.0/4", AddressKind::private_use},
    Range{"240.0.0.0/4", AddressKind::private_use},
};

constexpr std::array v6_ranges = {
    Range{"::1/128", AddressKind::loopback},
    Range{"::/128", AddressKind::loopback},
    Range{"fe80::/10", AddressKind::link_local},
    Range{"fd00:ec2::/32", AddressKind::link_local},  // Amazon
    Range{"fd20:ce::/32", AddressKind::link_local},   // Google
    Range{"fc00::/7", AddressKind::private_use},
    Range{"fec0::/10", AddressKind::private_use},
    Range{"ff00::/8", AddressKind::private_use},
    Range{"64:ff9b:1::/48", AddressKind::private_use},
};

bool inside(const ip::address_v4& address, const char* network) {
  const auto range = ip::make_network_v4(network);
  return ip::network_v4(address, range.prefix_length()).canonical() == range.canonical();
}

bool inside(const ip::address_v6& address, const char* network) {
  const auto range = ip::make_network_v6(network);
  return ip::network_v6(address, range.prefix_length()).canonical() == range.canonical();
}

template <class Address, class Ranges>
AddressKind look_up(const Address& address, const Ranges& ranges) {
  const auto found = std::find_if(ranges.begin(), ranges.end(), [&](const Range& range) {
    return inside(address, range.network);
  });
  return found == ranges.end() ? AddressKind::global : found->kind;
}

ip::address_v4 embedded(const ip::address_v6& address, std::size_t first) {
  const auto bytes = address.to_bytes();
  return ip::address_v4(ip::address_v4::bytes_type{bytes[first], bytes[first + 1], bytes[first + 2],
                                                   bytes[first + 3]});
}

AddressKind kind_of(const ip::address_v6& scoped) {
  const ip::address_v6 address(scoped.to_bytes());  // without its zone
  const auto kind = look_up(address, v6_ranges);
  if (kind != AddressKind::global) return kind;
  constexpr std::size_t at_the_end = 12;
  if (inside(address, "::/96") || inside(address, "::ffff:0:0/96") ||
      inside(address, "64:ff9b::/96"))
    return look_up(embedded(address, at_the_end), v4_ranges);
  if (inside(address, "2002::/16")) return look_up(embedded(address, 2), v4_ranges);
  return kind;
}

}  // namespace

const char* describe(AddressKind kind) {
  switch (kind) {
    case AddressKind::global:
      return "a public address";
    case AddressKind::private_use:
      return "an address of a private network";
    case AddressKind::loopback:
      return "an address of this machine";
    case AddressKind::link_local:
      return "a link-local or metadata address";
  }
  return "";
}

AddressKind kind_of_address(const std::string& numeric) {
  boost::system::error_code failed;
  const auto address = ip::make_address(numeric, failed);
  if (failed) return AddressKind::private_use;
  return address.is_v4() ? look_up(address.to_v4(), v4_ranges) : kind_of(address.to_v6());
}

AddressKind kind_of_host(const std::string& host) {
  boost::system::error_code failed;
  ip::make_address(host, failed);
  if (!failed) return kind_of_address(host);
  std::string name = host;
  for (auto& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (name.ends_with('.')) name.pop_back();
  const bool local = name == "localhost" || name.ends_with(".localhost");
  return local ? AddressKind::loopback : AddressKind::global;
}

}  // namespace orch::access
