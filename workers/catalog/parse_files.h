// What an entry's source says of its files: "format", "types" and "files".
#pragma once

#include <boost/json/value.hpp>

#include "orchestrator/json/fields.h"
#include "workers/catalog/entry.h"

namespace orch::catalog {

/// Reads the three members of a source; what is wrong becomes a problem of `source`.
data::FileOptions parse_files(json::Fields& source);

/// Adds what parse_files() reads to a source, as far as it says anything.
void add_files(boost::json::object& source, const data::FileOptions& files);

/// Problems of `fields`, an entry, whose rules for files and strategy do not go together; applies
/// what the strategy decides.
void settle_files(json::Fields& fields, Entry& entry);

}  // namespace orch::catalog
