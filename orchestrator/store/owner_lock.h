// The one owner of a run store.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace orch::store {

/// Holds `<store>.lock` for this process until it ends, however it ends: the kernel releases the
/// lock (flock) of a killed process. The file's text names the owner for others.
class OwnerLock {
 public:
  /// Throws Error ORCH-0201, which names the owner, when another process holds the lock.
  /// `command` describes this process.
  OwnerLock(const std::filesystem::path& store, const std::string& command);
  ~OwnerLock();
  OwnerLock(const OwnerLock&) = delete;
  OwnerLock& operator=(const OwnerLock&) = delete;

  /// What the present owner wrote: "process 4711 (orch submit …) since 2026-…". Empty when nobody
  /// owns the store.
  static std::optional<std::string> owner(const std::filesystem::path& store);

 private:
  int file_ = -1;
};

}  // namespace orch::store
