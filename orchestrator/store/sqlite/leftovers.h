// Takes what removed runs have left behind out of a SQLite store.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/store/housekeeping.h"

namespace orch::store {

/// As in Housekeeping.
class Leftovers {
 public:
  explicit Leftovers(sqlite::Database& db) : db_(db) {}

  std::vector<std::string> fired_pipelines();
  std::optional<FirePlace> remove_fires(const std::string& pipeline,
                                        const std::optional<FirePlace>& behind,
                                        Instant reasons_before);
  void remove_outages(Instant before);
  std::int64_t remove_definitions();

 private:
  sqlite::Database& db_;
};

}  // namespace orch::store
