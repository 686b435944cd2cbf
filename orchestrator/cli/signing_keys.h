// The keys that clients of `orch serve` sign their requests with.
#pragma once

#include "orchestrator/aws/sigv4.h"
#include "orchestrator/cli/settings.h"

namespace orch::cli {

/// The keys of the setting "keys", a JSON file of secret keys by key id, and the one in
/// ORCH_ACCESS_KEY_ID and ORCH_SECRET_ACCESS_KEY. Throws InvalidDocument (ORCH-0013), Error
/// ORCH-0002 when the file cannot be read; neither repeats a secret.
aws::Keys signing_keys(const Settings& settings);

}  // namespace orch::cli
