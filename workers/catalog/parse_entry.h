// Reading one catalog entry. Internal to the module.
#pragma once

#include <string>

#include "orchestrator/json/fields.h"
#include "workers/catalog/entry.h"

namespace orch::catalog {

/// Reads `{"source": …, "target": …, "strategy"?, …}`.
Defaults parse_defaults(json::Fields& fields);

/// Reads an entry and reports whatever is wrong with it alone.
Entry parse_entry(json::Fields& fields, const Defaults& defaults);

}  // namespace orch::catalog
