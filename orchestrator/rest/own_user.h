// Requests that need no token: of the user who owns the process.
#pragma once

#include <string>

#include "orchestrator/http/handler.h"

namespace orch::rest {

/// True when the request came over loopback from a process of the user who owns this one, and no
/// proxy says that it passes it on. Found out once a connection; the requests of a connection must
/// ask one after the other.
bool asked_by_own_user(const http::Header& header, const http::Peer& peer);

/// The user who owns this process, by name or "user 1000".
std::string own_user_name();

}  // namespace orch::rest
