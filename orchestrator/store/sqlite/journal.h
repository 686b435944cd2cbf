// The journal of a store in a SQLite file.
#pragma once

#include <filesystem>
#include <memory>

#include "orchestrator/store/journal.h"

namespace orch::store {

std::unique_ptr<Journal> open_sqlite_journal(const std::filesystem::path& path);

}  // namespace orch::store
