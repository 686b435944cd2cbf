// What is sent to a channel: one message for all that it is told at a time.
//
//   {"version": 1, "at": "2026-…", "server": "etl-1", "title", "text",
//    "alerts": [{"status": "firing|repeated|escalated|recovered", "subject", "rule", "condition",
//                "severity", "text", "since", "count", "run"?, "owner"?}]}
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "orchestrator/alerts/evaluate.h"

namespace orch::alerts {

/// One message about `notices`, which are not empty. `server` names this one to people.
boost::json::object message_of(const std::vector<Notice>& notices, const std::string& server,
                               Instant now);

/// How a webhook wants it.
enum class WebhookFormat : std::uint8_t { generic, slack, teams };
std::optional<WebhookFormat> webhook_format_from(std::string_view word);

/// The body for a webhook: the message itself; for Slack {"text"}, where names of others mention
/// nobody and make no link; for Teams an adaptive card.
boost::json::object webhook_body(const boost::json::object& message, WebhookFormat format);

}  // namespace orch::alerts
