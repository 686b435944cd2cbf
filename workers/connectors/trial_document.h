// The trial of a source as JSON: the documented output of `orch connection test -o json`.
#pragma once

#include <boost/json/object.hpp>

#include "workers/connectors/connections.h"
#include "workers/connectors/try_source.h"

namespace orch::connectors {

/// {"connection", "engine", "url", "version", "degraded", "tables", "types": [{"type", "kind",
/// "columns", "example", "rows", "problem"?}], "troubles": [{"table", "problem"}], "answered_ms",
/// "grants": [statements]}
boost::json::object trial_document(const Summary& summary, const Answered& answered,
                                   const SourceTrial& trial);

}  // namespace orch::connectors
