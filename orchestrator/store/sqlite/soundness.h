// Whether a SQLite store holds what was written.
#pragma once

#include <filesystem>

#include "orchestrator/store/copy.h"

namespace orch::store {

/// As check_store().
Soundness check_sqlite(const std::filesystem::path& path);

}  // namespace orch::store
