// Where messages go: a webhook, a mailbox, a program.
//
//   {"webhook": "https://hooks.slack.com/…", "format": "slack", "token": "…"}
//   {"smtp": "smtps://mail.example:465", "from": "orch@example", "to": ["ops@example"],
//    "user": "orch", "password": "…"}
//   {"program": ["./page.sh", "--urgent"]}
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/json/object.hpp>

#include "orchestrator/json/fields.h"

namespace orch::channels {

struct Webhook {
  std::string url;
  std::string format = "generic";  ///< or "slack", "teams"
  std::string token;               ///< sent as a bearer token; may be empty
};

struct Mail {
  std::string url;  ///< smtp://HOST[:PORT] or smtps://HOST[:PORT]
  std::string from;
  std::vector<std::string> to;
  std::string user;  ///< empty: no authentication
  std::string password;
  bool encrypted = true;  ///< smtp: refuses a server that does not offer STARTTLS
};

struct Program {
  std::vector<std::string> argv;
  std::filesystem::path folder;  ///< working folder
};

using Channel = std::variant<Webhook, Mail, Program>;

/// Reads a channel; programs run in `folder`.
Channel read_channel(json::Fields& fields, const std::filesystem::path& folder);

/// What is sent, in the words of orchestrator/alerts/message.h, with the id by which the other side
/// can tell a second delivery: header Idempotency-Key, Message-ID, variable ORCH_DELIVERY.
struct Letter {
  std::string id;
  boost::json::object message;
};

/// Returns once the other side has it. `tick` is called several times a second and may throw to
/// give up. Blocks, at most about half a minute. Throws std::exception whose text holds no secret.
void deliver(const Channel& channel, const Letter& letter, const std::function<void()>& tick);

/// Requests the URL; true when the answer is 2xx. Blocks likewise; throws likewise.
void ping(const std::string& url, const std::function<void()>& tick);

}  // namespace orch::channels
