// Runs as JSON: the documented output of `-o json`, which only grows.
#pragma once

#include <boost/json/value.hpp>

#include "orchestrator/view/run.h"
#include "orchestrator/view/table_runs.h"

namespace orch::view {

/// {"run","name","workflow","status","started","ended"?,"duration_ms","redrives","connections",
/// "pipeline"?,"trigger"?,"fire_time"?,"backfill"?,"error"?,"cause"?,"input"?,"output"?}; status in
/// the service's words. Input and output are there when `payloads`.
boost::json::object run_document(const store::ExecutionRow& row, Instant now, bool payloads);

/// run_document() with "owner", "states", "tables", "connections_seen", "failures" and "files".
boost::json::object run_document(const RunView& view);

/// {"run","name","workflow","started","connections"?,"load"?} and what run_document() says of the
/// table: "key", "status", "rows"?, "duration_ms", "attempts", "failure"?, "steps".
boost::json::object table_run_document(const TableRun& run, Instant now);

/// {"key","status","latest_run","connections"?,"failure"?,"load"?,"age_ms"?,"load_before"?}, a load
/// being {"run","name","rows","published","as_of"?}.
boost::json::object table_state_document(const TableState& state, Instant now);

/// {"total","running","succeeded","failed","aborted"}
boost::json::object children_document(const Children& children);

/// {"error","message","hint"?,"code"?,"key"?,"connection"?,"cause"}
boost::json::object failure_document(const Failure& failure);

}  // namespace orch::view
