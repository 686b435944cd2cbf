// Who holds slots, who waits for what, and what is held back.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "orchestrator/store/limits.h"
#include "orchestrator/store/store.h"

namespace orch::view {

/// Tasks of one run that wait for the same.
struct TaskWait {
  std::string text;  ///< "a slot of connection core (3 of 3 held by nightly, hourly)"
  std::int64_t tasks = 0;
  Instant since{};  ///< of the first
};

/// Whether a run may be named; empty: all may.
using Sees = std::function<bool(const store::ExecutionRow&)>;

/// What the tasks of a run wait for, those of its iterations included.
std::vector<TaskWait> task_waits(store::Store& store, const store::ExecutionRow& run,
                                 const Sees& sees = {});

/// {"holds": [{"subject", "mode", "since", "until"?, "by"?, "reason"?}],
///  "slots": [{"slot", "label", "at_once"?, "held", "holders": [{"run", "name", "since"}],
///             "waiting"}],
///  "waiting": [{"run", "name", "for", "tasks", "since"}]}
/// With `sees`, slots are those that such runs hold or wait for, all are counted, and no other run
/// is named.
boost::json::object limits_document(store::Store& store, const Sees& sees = {});

/// What somebody holds this run back by; not what holds its pipeline or connections.
std::optional<store::HoldRow> hold_of(store::Store& store, const store::ExecutionRow& run,
                                      Instant now);

/// {"subject", "mode", "since", "until"?, "by"?, "reason"?}
boost::json::object hold_document(const store::HoldRow& hold);

/// Why the connection is down, for people: the message of what noticed it.
std::string outage_reason(const store::OutageRow& outage);

/// {"outages": [{"connection", "since", "until"?, "seconds"?, "reason"}]}, newest first.
boost::json::object outages_document(const std::vector<store::OutageRow>& outages);

}  // namespace orch::view
