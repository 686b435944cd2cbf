// PostgreSQL's errors as failures of a task.
#pragma once

#include <string>
#include <utility>

#include "orchestrator/db/pg.h"
#include "workers/worker.h"

namespace orch::postgres {

/// Who asked the server, and what for: the words of a failure.
struct Place {
  std::string side;     ///< "Source" or "Target": how the error's name starts
  std::string display;  ///< the connection
  std::string doing;    ///< "reading table public.treaty"
};

/// "Connection.Down", "Connection.Refused", "Connection.Lost", "<side>.Locked", "Target.Full",
/// "Type.ValueRefused", "Merge.ForeignKey", "Merge.Conflict", "<side>.Failed".
workers::TaskFailed failure(const Place& place, const pg::Error& error);

/// Runs `work`; a pg::Error that leaves it becomes failure(), a stop workers::Cancelled.
template <class Work>
auto guarded(const Place& place, Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (const pg::Error& error) {
    throw failure(place, error);
  } catch (const pg::Stopped&) {
    throw workers::Cancelled();
  }
}

}  // namespace orch::postgres
