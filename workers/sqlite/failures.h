// SQLite's errors as failures of a task.
#pragma once

#include <string>
#include <utility>

#include "orchestrator/db/sqlite_db.h"
#include "workers/data/failure.h"

namespace orch::sqlite {

using data::Place;

/// The class of an error by its result code.
data::DatabaseError translated(const Error& error);

/// Runs `work`; SQLite's errors leave it by their class, an interrupt as workers::Cancelled.
template <class Work>
auto classified(Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (const Error& error) {
    if (error.primary() == SQLITE_INTERRUPT) throw workers::Cancelled();
    throw translated(error);
  }
}

/// Runs `work`; an Error that leaves it becomes data::failure().
template <class Work>
auto guarded(const Place& place, Work&& work) {
  try {
    return classified(std::forward<Work>(work));
  } catch (const data::DatabaseError& error) {
    throw data::failure(place, error);
  }
}

}  // namespace orch::sqlite
