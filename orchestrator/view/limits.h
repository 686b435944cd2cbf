// Who holds slots, who waits for what, and what is held back.
#pragma once

#include <cstdint>
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

/// What the tasks of a run wait for, those of its iterations included.
std::vector<TaskWait> task_waits(store::Store& store, const store::ExecutionRow& run);

/// {"holds": [{"subject", "mode", "since", "until"?, "by"?, "reason"?}],
///  "slots": [{"slot", "label", "at_once"?, "held", "holders": [{"run", "name", "since"}],
///             "waiting"}],
///  "waiting": [{"run", "name", "for", "tasks", "since"}]}
boost::json::object limits_document(store::Store& store);

/// What somebody holds this run back by; not what holds its pipeline or connections.
std::optional<store::HoldRow> hold_of(store::Store& store, const store::ExecutionRow& run,
                                      Instant now);

/// {"subject", "mode", "since", "until"?, "by"?, "reason"?}
boost::json::object hold_document(const store::HoldRow& hold);

/// {"outages": [{"connection", "since", "until"?, "seconds"?, "reason"}]}, newest first.
boost::json::object outages_document(const std::vector<store::OutageRow>& outages);

}  // namespace orch::view
