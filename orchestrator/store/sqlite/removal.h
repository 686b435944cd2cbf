// Takes runs out of a SQLite store, whole families at a time.
#pragma once

#include <cstdint>
#include <vector>

#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/store/housekeeping.h"

namespace orch::store {

/// A connection without foreign keys: what refers to a run is removed by its tables' names, and to
/// look for each reference would read the table of all runs.
class Removal {
 public:
  explicit Removal(sqlite::Database& db);

  /// As in Housekeeping.
  std::vector<EndedRun> ended(const std::optional<std::pair<Instant, ExecutionId>>& behind,
                              std::int64_t limit);
  std::vector<ExecutionId> family(ExecutionId run);
  std::int64_t bytes(const std::vector<ExecutionId>& runs);
  bool remove(ExecutionId run, Instant ended_at);
  bool remove_parts();

 private:
  bool is_needed(std::int64_t run);
  void remove_row(std::int64_t run);
  void drop_payloads(std::int64_t run);

  sqlite::Database& db_;
  std::vector<std::string> references_;  ///< "DELETE FROM claim WHERE execution_id = ?", …
};

}  // namespace orch::store
