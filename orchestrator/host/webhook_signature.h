// Signatures of webhooks: whether somebody who knows a secret has sent a delivery.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orchestrator/base/time.h"
#include "orchestrator/pipeline/webhook_trigger.h"

namespace orch::host {

/// One request to a webhook.
struct Delivery {
  std::string pipeline;
  std::string trigger;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
  std::string body;
  std::string from;  ///< numeric address

  /// Its value; `name` in any case. Empty when the delivery has no such header.
  std::string header(std::string_view name) const;
};

struct Signed {
  std::optional<Instant> at;  ///< what was signed with the body, if anything
};

/// Unset when no secret of `secrets` has signed the delivery. Takes the same time wherever a
/// signature differs.
std::optional<Signed> verify(const pipeline::WebhookTrigger& webhook, const Delivery& delivery,
                             const std::vector<std::string>& secrets);

}  // namespace orch::host
