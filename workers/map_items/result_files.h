// What a ResultWriter leaves in a bucket.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "workers/outside.h"

namespace orch::map_items {

/// Files SUCCEEDED_n, FAILED_n and PENDING_n and their manifest.json under PREFIX/UUID/, the uuid
/// being the map run's; without a bucket an array in memory.
std::unique_ptr<workers::Results> open_results(const execution::ResultWriterPlan& writer,
                                               const std::string& map_run_arn,
                                               std::function<bool()> stop);

}  // namespace orch::map_items
