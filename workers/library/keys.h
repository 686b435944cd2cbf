// The keys that requests are signed with, kept fresh.
#pragma once

#include <mutex>
#include <optional>

#include "orchestrator/aws/credentials.h"
#include "orchestrator/base/time.h"

namespace orch::library {

/// Finds keys in the order of AWS's own tools: environment and files (aws::find_credentials()), the
/// role of the container (AWS_CONTAINER_CREDENTIALS_FULL_URI or …_RELATIVE_URI), the role of the
/// instance (its metadata service, version 2, unless AWS_EC2_METADATA_DISABLED is true). Source:
/// AWS SDKs and Tools Reference Guide, "Container credential provider", "IMDS credential provider".
/// Thread-safe.
class Keys {
 public:
  /// `ask_instance`: whether to look for a metadata service, which only machines at AWS have.
  explicit Keys(bool ask_instance) : ask_instance_(ask_instance) {}

  /// Unset when none were given. Keys of a role are kept until five minutes before their end.
  /// Blocks for a few seconds at most. Throws Error ORCH-0661 when somebody who should give keys
  /// does not.
  std::optional<aws::Credentials> current();

 private:
  /// Keys of a role.
  struct Lease {
    aws::Credentials credentials;
    Instant until;
  };

  static Lease read_lease(const std::string& answer, const std::string& where);
  static std::optional<Lease> of_container();
  static std::optional<Lease> of_instance();
  std::optional<Lease> renewed() const;

  const bool ask_instance_;
  std::mutex mutex_;
  std::optional<Lease> lease_;  ///< guarded by mutex_
};

}  // namespace orch::library
