// Who is at the other end of a TCP connection of this machine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>

namespace orch::identity {

/// An end of a connection; the address is numeric.
struct End {
  std::string address;
  std::uint16_t port = 0;
};

/// The user whose socket has the end `their_end` of a loopback connection to `our_end`; unset for
/// any other connection, and when it is over. Source: proc(5), /proc/net/tcp.
std::optional<uid_t> peer_user(const End& their_end, const End& our_end);

}  // namespace orch::identity
