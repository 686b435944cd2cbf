// A trigger that others fire by a signed request: POST /v1/hooks/PIPELINE/TRIGGER.
//
//   {"webhook": {"secret": "${ORDERS_HOOK}", "filter": "{% $trigger.body.action = 'released' %}",
//                "input": {"order": "{% $trigger.body.order.id %}"}}}
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "orchestrator/json/fields.h"
#include "orchestrator/pipeline/input.h"

namespace orch::jsonata {
class Expression;
}

namespace orch::pipeline {

/// Where a secret is read each time it is needed. Exactly one is set.
struct SecretPlace {
  std::string environment;  ///< name of a variable
  std::string file;         ///< absolute, or below the project's folder
};

/// What a sender signs, and in which headers it says so.
enum class Signature : std::uint8_t {
  github,    ///< the body, in hexadecimal digits: X-Hub-Signature-256: sha256=…
  standard,  ///< id, time and body, in base64: webhook-id, webhook-timestamp, webhook-signature
  stripe     ///< time and body, in hexadecimal digits: Stripe-Signature: t=…,v1=…
};

struct WebhookTrigger {
  std::vector<SecretPlace> secrets;  ///< any of them will do: the new one and the old one
  Signature signature = Signature::github;
  std::string header;    ///< of the signature
  std::string delivery;  ///< header with the delivery's id; empty: the signature or body has it
  std::chrono::seconds tolerance{300};                     ///< between the signed time and now
  std::int64_t max_bytes = 262'144;                        ///< of a body
  std::int64_t per_minute = 600;                           ///< deliveries that are looked at
  std::shared_ptr<const jsonata::Expression> filter = {};  ///< null: every delivery fires
  std::optional<InputTemplate> input = {};                 ///< unset: the pipeline's own
};

/// Reads the member webhook, an object. Empty when something in it is a problem.
std::optional<WebhookTrigger> read_webhook_trigger(json::Fields& trigger);

/// Why a delivery fires nothing; empty: it fires. `trigger` is what `$trigger` is. Throws Error
/// ORCH-0803 when the filter fails.
std::string why_filtered(const WebhookTrigger& webhook, const boost::json::object& trigger,
                         const boost::json::object& pipeline);

}  // namespace orch::pipeline
