// The run store in one SQLite file.
#pragma once

#include <filesystem>
#include <memory>

#include "orchestrator/store/store.h"

namespace orch::store {

/// Opens `path` as its owner: takes the lock, creates or migrates the file, raises the epoch.
/// `command` describes this process to others. Throws Error ORCH-0201 (owned by another), 0207.
std::unique_ptr<Store> open_sqlite_as_owner(const std::filesystem::path& path,
                                            const std::string& command);

/// Opens an existing `path` beside its owner, to read. begin() of such a store throws. Throws Error
/// ORCH-0208 when there is no store.
std::unique_ptr<Store> open_sqlite_as_reader(const std::filesystem::path& path);

/// Opens `path`, which this process owns, once more: to read runs and to change state machines.
std::unique_ptr<Store> open_sqlite_beside_owner(const std::filesystem::path& path);

}  // namespace orch::store
