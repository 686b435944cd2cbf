// Keys and region of AWS, found where its command line and SDKs find them. Source: AWS CLI User
// Guide, "Configuration and credential file settings" and "Environment variables".
#pragma once

#include <optional>
#include <string>

namespace orch::aws {

struct Credentials {
  std::string key_id;
  std::string secret;
  std::string session_token;  ///< empty: long-term keys
};

/// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; else the profile AWS_PROFILE
/// ("default") of the shared credentials file, else of the configuration file. Unset when none
/// are given. Reads the files anew each time, so that keys that are exchanged there count.
/// Throws Error ORCH-0661 for half a pair of keys, a profile that is nowhere, an unreadable file.
std::optional<Credentials> find_credentials();

/// AWS_REGION, AWS_DEFAULT_REGION, else the profile's; empty when nothing says. Throws like
/// find_credentials().
std::string find_region();

}  // namespace orch::aws
