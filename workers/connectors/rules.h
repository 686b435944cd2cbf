// What a connection bears: how many tasks at once, how often, when not, and for how long tasks wait
// for it when it does not answer.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/base/time.h"
#include "orchestrator/json/fields.h"
#include "orchestrator/schedule/fire_times.h"
#include "workers/needs.h"

namespace orch::connectors {

/// A time that comes again, in which no task begins to use the connection.
struct Window {
  std::shared_ptr<const schedule::Schedule> begins;
  std::chrono::seconds duration{};
  std::string reason;
};

struct Rules {
  std::optional<std::int64_t> at_once;
  std::optional<workers::Rate> rate;
  std::vector<Window> windows;
  std::optional<Millis> patience;
};

/// Reads `limits`, `maintenance` and `wait_if_down` of an entry of the connections file.
Rules parse_rules(json::Fields& fields);

/// The window that is open at `now` and ends last, with its end; null: none is.
const Window* open_window(const Rules& rules, Instant now, Instant& end);

/// What a task needs that uses the connection `name`, which leads to `database`.
workers::Need need_of(const std::string& name, const std::string& database, const Rules& rules,
                      Instant now);

}  // namespace orch::connectors
