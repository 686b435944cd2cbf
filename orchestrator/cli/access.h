// What clients of the API may reach, as the settings say.
#pragma once

#include <memory>
#include <string>

#include "orchestrator/access/policy.h"
#include "orchestrator/cli/settings.h"

namespace orch::cli {

/// The policy of every process that owns a store: a client's run is bound by it also when
/// `orch resume` carries it on. `private_key` is the file of the server's TLS key; may be empty.
/// Throws Error ORCH-0016.
std::shared_ptr<const access::Policy> access_policy(const Settings& settings,
                                                    const std::string& private_key = {});

}  // namespace orch::cli
