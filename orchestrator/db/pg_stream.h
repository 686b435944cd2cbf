// A statement's rows one by one, in bounded memory, with a way to give up.
#pragma once

#include <functional>

#include "orchestrator/db/pg.h"

namespace orch::pg {

struct StreamHandlers {
  std::function<void(const Result&)> row;  ///< gets a result of one row
  std::function<void()> tick;              ///< called several times a second while the server works
};

/// Runs one statement with $1, $2, … and returns what it ends with: a result without rows. When a
/// handler throws, the statement is cancelled, the connection is of use again, and the exception
/// goes on.
Result stream(Connection& connection, const std::string& sql, const Params& params,
              const StreamHandlers& handlers);

}  // namespace orch::pg
