// Signing requests of our own.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "orchestrator/aws/credentials.h"
#include "orchestrator/aws/sigv4.h"
#include "orchestrator/base/time.h"

namespace orch::aws {

/// What a signature is for.
struct Scope {
  std::string region;
  std::string service;  ///< "states"
};

/// The headers that make `request` a signed one: x-amz-date, x-amz-security-token if there is one,
/// authorization. All headers of `request` are covered, and one of them must be "host".
std::vector<std::pair<std::string, std::string>> signature_headers(SignedRequest request,
                                                                   const Credentials& credentials,
                                                                   const Scope& scope, Instant now);

}  // namespace orch::aws
