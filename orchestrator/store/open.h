// Run stores by their URLs. Nothing else knows which databases keep them.
//
//   PATH, sqlite:PATH   a SQLite file on this machine
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "orchestrator/store/store.h"

namespace orch::store {

/// Opens a store as its owner, of which there is one: makes it or brings it up to date, and raises
/// the epoch. `command` describes this process to others. Throws Error ORCH-0201 (owned by
/// another), 0207 (another schema), 0220 (no such kind of store).
std::unique_ptr<Store> open_as_owner(const std::string& url, const std::string& command);

/// Opens an existing store to read, beside its owner or without one; begin() throws. Throws Error
/// ORCH-0208 when there is no store.
std::unique_ptr<Store> open_as_reader(const std::string& url);

/// A further connection of the process that owns the store: it reads runs, and reads and changes
/// what machines() holds.
std::unique_ptr<Store> open_beside_owner(const std::string& url);

/// What the present owner wrote: "process 4711 (orch submit …) since 2026-…". Empty when there is
/// none. Never in the way of a process that wants to become the owner.
std::optional<std::string> owner_of(const std::string& url);

/// The URL with its path, where it is relative, starting at `folder`.
std::string resolved_url(const std::string& url, const std::filesystem::path& folder);

/// What the names of the files begin with that this machine keeps for the store, such as its
/// control socket.
std::filesystem::path files_of(const std::string& url);

}  // namespace orch::store
