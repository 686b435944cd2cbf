// Housekeeping in the run store's SQLite file.
#pragma once

#include <filesystem>
#include <memory>

#include "orchestrator/store/housekeeping.h"

namespace orch::store {

std::unique_ptr<Housekeeping> housekeeping_in(const std::filesystem::path& path);

}  // namespace orch::store
