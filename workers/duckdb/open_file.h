// DuckDB files that are open in this process.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "orchestrator/db/duckdb.h"

namespace orch::duckdb {

enum class FileUse : std::uint8_t { read, write };

/// Who waits for a file that others have.
struct Waiting {
  std::chrono::milliseconds patience{0};
  std::function<bool()> stop = {};  ///< true ends the wait, with workers::Cancelled
};

/// A database file that is open as long as this object is. All who use a file in this process share
/// one: a process that opened it twice would damage it. Other processes can read it while none
/// writes, and are kept away while one does.
class OpenFile {
 public:
  /// Waits for readers when it is opened to be written, and for other processes. Throws Error.
  OpenFile(const std::filesystem::path& path, FileUse use, const Waiting& waiting);
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile();

  /// A connection whose statements reach no other file. It ends before this object.
  Connection connect() const;

 private:
  std::string name_;
};

}  // namespace orch::duckdb
