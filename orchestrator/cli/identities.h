// Who may use a server beside the holders of its tokens: the file of --identities.
#pragma once

#include <string>

#include "orchestrator/cli/settings.h"
#include "orchestrator/rest/gate.h"

namespace orch::cli {

/// With the keys of --keys; the keys of an identity provider are fetched from now on. Throws
/// InvalidDocument ORCH-0051, Error ORCH-0001 when the file knows certificates and the server does
/// not ask for any: `client_authorities` is empty.
rest::Known known_identities(const Settings& settings, const std::string& client_authorities);

}  // namespace orch::cli
