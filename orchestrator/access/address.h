// What kind of place an IP address is.
#pragma once

#include <cstdint>
#include <string>

namespace orch::access {

enum class AddressKind : std::uint8_t {
  global,       ///< anywhere on the Internet
  private_use,  ///< private or shared address space (RFC 1918, RFC 4193, RFC 6598), or no host
  loopback,     ///< this machine
  link_local,   ///< of the cable, and where clouds keep the credentials of their machines
};

/// "a link-local address", … for messages.
const char* describe(AddressKind kind);

/// Of a numeric address; IPv4 inside IPv6 (mapped, NAT64, 6to4) counts as that IPv4 address. A text
/// that is no address is private_use: nothing is known of it that would make it harmless.
AddressKind kind_of_address(const std::string& numeric);

/// Of a host as a URL has it, without resolving names: "localhost" and names under it are loopback,
/// other names global.
AddressKind kind_of_host(const std::string& host);

}  // namespace orch::access
