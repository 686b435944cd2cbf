// A run store that no process has open, read by one that may not write beside it.
#pragma once

#include <cstdint>
#include <filesystem>

namespace orch::store {

/// SQLite reads a file in WAL mode with the help of a second one (-shm), which must be there or be
/// made: who may only read the file and its folder cannot open a store that no process has open.
/// The file alone is then complete, and is read as one that does not change. This finds out if it
/// does. Source: sqlite.org/wal.html, "Read-Only Databases".
class RestingFile {
 public:
  /// Remembers what `store` is now.
  explicit RestingFile(std::filesystem::path store);

  /// No process has `store` open, and none has left a log (-wal) that is part of it.
  static bool rests(const std::filesystem::path& store);

  /// Throws Error ORCH-0210 when a process has opened the store since: what was read may be torn.
  void require_same() const;

 private:
  struct Stamp {
    bool rests = false;
    std::int64_t size = 0;
    std::int64_t changed_ns = 0;
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };
  static Stamp stamp(const std::filesystem::path& store);

  std::filesystem::path store_;
  Stamp then_;
};

}  // namespace orch::store
