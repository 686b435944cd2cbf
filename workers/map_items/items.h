// Items and results of distributed Maps: JSON, JSON Lines, CSV, listings and manifests in buckets.
#pragma once

#include <memory>

#include "workers/outside.h"

namespace orch::map_items {

/// Reads what the ItemReader of a Map names and writes what its ResultWriter asks for, in folders
/// and S3-compatible buckets (workers/library). docs/distributed-maps.md has every field.
std::unique_ptr<workers::Outside> make_outside();

}  // namespace orch::map_items
