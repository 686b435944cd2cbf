// JSON documents without what may be somebody's data.
#pragma once

#include <string>

namespace orch::host {

/// The document with every text and number replaced ("…" and 0). What orch itself wrote about a
/// table stays: in an object with a "key" and a source, a target, a load, a verdict or a strategy,
/// and in what those hold, names of tables and connections, counts of rows, times. Names of members
/// and the shape stay; a text that is no JSON becomes "…".
std::string disguised(const std::string& json);

}  // namespace orch::host
