// SQLite's errors as failures of a task.
#pragma once

#include <string>
#include <utility>

#include "orchestrator/db/sqlite_db.h"
#include "workers/worker.h"

namespace orch::sqlite {

/// Who asked SQLite, and what for: the words of a failure.
struct Place {
  std::string side;     ///< "Source" or "Target": how the error's name starts
  std::string display;  ///< the connection
  std::string doing;    ///< "reading table Album"
};

/// "Connection.Down", "Connection.Refused", "<side>.Locked", "Target.Full" or "<side>.Failed".
workers::TaskFailed failure(const Place& place, const Error& error);

/// Runs `work`; an Error that leaves it becomes failure(), an interrupt workers::Cancelled.
template <class Work>
auto guarded(const Place& place, Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (const Error& error) {
    if (error.primary() == SQLITE_INTERRUPT) throw workers::Cancelled();
    throw failure(place, error);
  }
}

}  // namespace orch::sqlite
