// What alerts keep in the SQLite store.
#pragma once

#include <filesystem>
#include <memory>

#include "orchestrator/store/alerts.h"

namespace orch::store {

/// Opens the file `path`, which this process owns, once more.
std::unique_ptr<Alerts> open_sqlite_alerts_beside_owner(const std::filesystem::path& path);
/// Throws Error ORCH-0208 when there is no store.
std::unique_ptr<Alerts> open_sqlite_alerts_as_reader(const std::filesystem::path& path);

}  // namespace orch::store
