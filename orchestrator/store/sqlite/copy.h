// Copies of a run store in a SQLite file.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace orch::store {

/// As copy_store() and put_store().
void copy_sqlite(const std::filesystem::path& path, const std::filesystem::path& copy);
void put_sqlite(const std::filesystem::path& path, const std::filesystem::path& copy,
                const std::optional<std::filesystem::path>& keep, const std::string& command);

}  // namespace orch::store
