// What the server's configuration says of alerts, beside the pipelines' own.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "orchestrator/alerts/rule.h"

namespace orch::host {

/// Sends a message; `id` is what the other side can tell a second delivery by. Blocks; throws
/// std::exception when the other side does not have it, or when `tick`, which is called several
/// times a second, throws.
using SendMessage = std::function<void(const std::string& id, const boost::json::object& message,
                                       const std::function<void()>& tick)>;

/// A rule for workflows or pipelines whose name fits.
struct NamedRule {
  bool of_pipelines = false;
  std::string name;  ///< `*` stands for any text
  alerts::Rule rule;
};

/// A URL that is requested while all is well: what no longer hears of it calls for help.
struct AliveSignal {
  std::chrono::seconds every{60};
  std::function<void(const std::function<void()>& tick)> ping;
};

struct AlertPlan {
  std::map<std::string, SendMessage> channels;
  std::vector<NamedRule> rules;
  std::vector<alerts::Rule> server_rules;
  std::optional<AliveSignal> alive = {};
  std::chrono::seconds group{5};  ///< what happens within it is one message
  std::string server;             ///< its name in messages
};

/// Whether `*` in `pattern` can stand for what makes it `name`.
bool fits(std::string_view pattern, std::string_view name);

}  // namespace orch::host
