// Errors of MySQL as failures of a task.
#pragma once

#include <utility>

#include "orchestrator/db/mysql.h"
#include "workers/data/failure.h"

namespace orch::mysql {

using data::Place;

/// The class of an error by its number.
data::DatabaseError translated(const Error& error);

/// Runs `work`; an Error that leaves it becomes data::failure(), Stopped workers::Cancelled.
template <class Work>
auto guarded(const Place& place, Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (const Stopped&) {
    throw workers::Cancelled();
  } catch (const Error& error) {
    throw data::failure(place, translated(error));
  }
}

}  // namespace orch::mysql
