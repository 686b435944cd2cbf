// Copies of a run store, and whether a store holds what was written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orch::store {

/// Writes the store at `url`, as it is at one moment, to the new file `copy`, mode 0600, on the
/// disk when this returns. Runs go on meanwhile; free pages are left out. Throws Error ORCH-02xx.
void copy_store(const std::string& url, const std::filesystem::path& copy);

/// What a look at all of a store found.
struct Soundness {
  std::int64_t runs = 0;
  std::int64_t events = 0;
  /// What differs from what was written, with file, run and row; empty: nothing.
  std::vector<std::string> damages;
};

/// Reads all of the store and compares every checksum. Throws Error ORCH-0207 for another schema,
/// ORCH-0206 or 0208 for what is no store.
Soundness check_store(const std::string& url);

/// Puts `copy` in the place of the store at `url`, at once and durably; `copy` is gone then. With
/// `keep`, the store that is there gets that name before. Throws Error ORCH-0201 when a process
/// owns the store, ORCH-0210 when one has it open, ORCH-0222 when there is a store and no `keep`.
void put_store(const std::string& url, const std::filesystem::path& copy,
               const std::optional<std::filesystem::path>& keep, const std::string& command);

}  // namespace orch::store
