// The same facts as in page.h, as JSON: the documented output of `-o json`, which only grows.
#pragma once

#include <boost/json/value.hpp>

#include "orchestrator/view/page.h"

namespace orch::view {

/// {"run","name","workflow","status","started","ended"?,"duration_ms","redrives","connections",
/// "error"?,"cause"?,"input"?,"output"?}; status in the service's words. Input and output are there
/// when `payloads`.
boost::json::object run_document(const store::ExecutionRow& row, Instant now, bool payloads);

/// run_document() with "owner", "states", "tables", "connections_seen", "failures" and "files".
boost::json::object run_document(const RunView& view);

/// {"error","message","hint"?,"code"?,"key"?,"connection"?,"cause"}
boost::json::object failure_document(const Failure& failure);

}  // namespace orch::view
