// Errors of ODBC as failures of a task.
#pragma once

#include <utility>

#include "orchestrator/db/odbc.h"
#include "workers/data/failure.h"
#include "workers/odbc/dialect.h"

namespace orch::odbc {

using data::Place;

/// The class of an error: by the dialect's own numbers and words, else by its SQLSTATE.
data::DatabaseError translated(const Error& error, const Dialect& dialect);
/// What installs the driver manager.
data::DatabaseError translated(const LibraryMissing& missing);

/// Runs `work`; an Error that leaves it becomes data::failure(), Stopped workers::Cancelled.
template <class Work>
auto guarded(const Place& place, const Dialect& dialect, Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (const Stopped&) {
    throw workers::Cancelled();
  } catch (const Error& error) {
    throw data::failure(place, translated(error, dialect));
  } catch (const LibraryMissing& missing) {
    throw data::failure(place, translated(missing));
  }
}

}  // namespace orch::odbc
