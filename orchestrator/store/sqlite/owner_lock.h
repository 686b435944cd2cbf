// The one owner of a run store.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace orch::store {

/// Holds `<store>.lock` for this process until it ends, however it ends: the kernel releases the
/// lock of a killed process. The file's text names the owner for others; the file stays.
class OwnerLock {
 public:
  /// Throws Error ORCH-0201, which names the owner, when another process holds the lock.
  /// `command` describes this process.
  OwnerLock(const std::filesystem::path& store, const std::string& command);

  /// What the present owner wrote: "process 4711 (orch submit …) since 2026-…". Empty when no
  /// process owns the store. Does not obstruct a process that is becoming the owner.
  static std::optional<std::string> owner(const std::filesystem::path& store);

 private:
  /// A file descriptor.
  class File {
   public:
    explicit File(int file = -1) : file_(file) {}
    ~File();
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    int get() const { return file_; }
    void reset(int file);

   private:
    int file_;
  };

  File file_;
};

}  // namespace orch::store
