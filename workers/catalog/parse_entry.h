// Reading one catalog entry. Internal to the module.
#pragma once

#include <string>

#include "orchestrator/json/fields.h"
#include "workers/catalog/entry.h"

namespace orch::catalog {

/// What a catalog's "defaults" say for entries that are silent.
struct Defaults {
  std::string source_connection;
  std::string source_schema;
  std::string target_connection;
  std::string target_schema;
  data::Strategy strategy = data::Strategy::replace;
  Reconcile reconcile = Reconcile::full;
  int parts = 1;
};

/// Reads `{"source": …, "target": …, "strategy"?, …}`.
Defaults parse_defaults(json::Fields& fields);

/// Reads an entry and reports whatever is wrong with it alone.
Entry parse_entry(json::Fields& fields, const Defaults& defaults);

}  // namespace orch::catalog
