// Reads a table or query in one read transaction, on a connection of its own.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "orchestrator/db/sqlite_db.h"
#include "workers/data/source.h"
#include "workers/sqlite/failures.h"
#include "workers/sqlite/range.h"

namespace orch::sqlite {

/// Reads the rows of `sql`. Of each column `booleans` says whether it is declared as booleans;
/// `rowid`: the last column, beyond those, is the rowid in `from`, for messages. Throws Error when
/// SQLite does not take the statement.
std::unique_ptr<data::RowReader> make_reader(Database db, const std::string& sql,
                                             Condition condition, std::vector<bool> booleans,
                                             bool rowid, std::string from, Place place);

}  // namespace orch::sqlite
