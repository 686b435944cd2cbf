// PostgreSQL's errors as failures of a task.
#pragma once

#include <string>
#include <utility>

#include "orchestrator/db/pg.h"
#include "workers/data/failure.h"

namespace orch::postgres {

using data::Place;

/// The class of an error by its SQLSTATE.
data::DatabaseError translated(const pg::Error& error);

/// Runs `work`; the server's errors leave it by their class, a stop as workers::Cancelled.
template <class Work>
auto classified(Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (const pg::Error& error) {
    throw translated(error);
  } catch (const pg::Stopped&) {
    throw workers::Cancelled();
  }
}

/// Runs `work`; a pg::Error that leaves it becomes data::failure(), a stop workers::Cancelled.
template <class Work>
auto guarded(const Place& place, Work&& work) {
  try {
    return classified(std::forward<Work>(work));
  } catch (const data::DatabaseError& error) {
    throw data::failure(place, error);
  }
}

}  // namespace orch::postgres
