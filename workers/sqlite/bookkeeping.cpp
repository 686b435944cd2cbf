#include "workers/sqlite/bookkeeping.h"

#include "orchestrator/base/embedded.h"
#include "orchestrator/db/migrate.h"

namespace orch::sqlite {

/// The files of schema/sqlite-target/, embedded at build.
std::span<const EmbeddedFile> target_migrations();

bool has_bookkeeping(Database& db) {
  Statement find(db, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'orch_load'");
  return find.step();
}

void prepare_bookkeeping(Database& db, const std::string& display) {
  migrate(db, target_migrations(), "orch_schema", display);
}

}  // namespace orch::sqlite
