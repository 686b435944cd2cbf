// Foreign keys, checked after a bulk change.
#pragma once

#include <string>

#include "orchestrator/db/sqlite_db.h"

namespace orch::sqlite {

/// Checks the foreign keys of `table`, and with `referring` those of all tables that refer to it.
/// Throws TaskFailed "Merge.ForeignKey" (ORCH-0504) that names the tables and the first row.
void check_foreign_keys(Database& db, const std::string& table, bool referring);

}  // namespace orch::sqlite
