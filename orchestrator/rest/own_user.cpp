#include "orchestrator/rest/own_user.h"

#include <unistd.h>

#include <fmt/format.h>

#include "orchestrator/base/user_name.h"
#include "orchestrator/identity/peer.h"

namespace orch::rest {

// A proxy of the same user's would make everybody the owner: it says for whom it asks.
bool asked_by_own_user(const http::Header& header, const http::Peer& peer) {
  for (const auto* name : {"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP"})
    if (!header[name].empty()) return false;
  if (!*peer.own_user)
    *peer.own_user = identity::peer_user({peer.address, peer.port},
                                         {peer.local_address, peer.local_port}) == ::geteuid();
  return **peer.own_user;
}

std::string own_user_name() {
  auto name = user_name(::geteuid());
  return name.empty() ? fmt::format("user {}", ::geteuid()) : name;
}

}  // namespace orch::rest
