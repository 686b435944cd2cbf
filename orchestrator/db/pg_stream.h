// A statement's rows one by one, in bounded memory.
#pragma once

#include <functional>

#include "orchestrator/db/pg.h"

namespace orch::pg {

/// Runs one statement with $1, $2, … and returns what it ends with: a result without rows. `row`
/// gets results of one row. When it throws, the statement is cancelled, the connection is of use
/// again, and the exception is thrown on.
Result stream(Connection& connection, const std::string& sql, const Params& params,
              const std::function<void(const Result&)>& row);

}  // namespace orch::pg
