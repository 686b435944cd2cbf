// The limit that durable work is measured against.
#pragma once

#include <filesystem>

#include "orchestrator/base/time.h"

namespace orch::bench {

/// L: commits per second of SQLite in `folder` with one short row a commit, WAL and
/// synchronous=FULL, one thread, over `duration`. No engine that commits each step can be faster
/// than this disk and kernel allow, so figures are given as ratios to it.
double commit_rate(const std::filesystem::path& folder, Millis duration);

}  // namespace orch::bench
