// Sets of tables: what a table costs beside its rows, and how many are moved at once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "workers/connectors/connections.h"

namespace orch::bench {

/// Tables small_0, small_1, … of one size: a key, a text, a number with decimals, a time.
struct SmallTables {
  int count = 1'000;
  std::int64_t rows = 100;

  void fill_server(const std::string& url) const;
  void fill_file(const std::filesystem::path& file) const;
  /// Stages, verifies, merges and reconciles all of them between the connections "from" and "to" of
  /// `connections`, four at once, each step as a task of its own. Throws TaskFailed.
  void replicate(const std::filesystem::path& connections) const;
};

}  // namespace orch::bench
