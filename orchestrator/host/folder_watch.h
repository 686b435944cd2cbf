// Waiting for a change in folders, by inotify.
#pragma once

#include <filesystem>

#include "orchestrator/base/time.h"

namespace orch::host {

/// A change is a hint: what watches must look by itself from time to time, because network file
/// systems tell nothing of others' changes, and folders below are not watched.
class FolderWatch {
 public:
  FolderWatch();
  ~FolderWatch();
  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;

  /// Watches the folder, if it is there. On the thread that waits.
  void add(const std::filesystem::path& folder);
  /// Until something changes, wake() is called, or the time is over.
  void wait(Millis longest);
  /// Thread-safe.
  void wake();

 private:
  int changes_;  ///< inotify; -1: the system has no more of them
  int wakes_;    ///< eventfd
};

}  // namespace orch::host
