// DuckDB's errors as failures of a task.
#pragma once

#include <utility>

#include "orchestrator/db/duckdb.h"
#include "workers/data/failure.h"

namespace orch::duckdb {

/// The class of an error by its type, and by the message where the type says too little.
data::DatabaseError translated(const Error& error);

/// "Connection.LibraryMissing" (ORCH-0407), with how to get the library.
workers::TaskFailed library_missing(const LibraryMissing& error);

/// Runs `work`; DuckDB's errors leave it by their class, an interrupt as workers::Cancelled.
template <class Work>
auto classified(Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (const LibraryMissing& error) {
    throw library_missing(error);
  } catch (const Error& error) {
    if (error.type() == Error::Type::interrupted) throw workers::Cancelled();
    throw translated(error);
  }
}

/// The same; what the database reports becomes data::failure().
template <class Work>
auto guarded(const data::Place& place, Work&& work) {
  try {
    return classified(std::forward<Work>(work));
  } catch (const data::DatabaseError& error) {
    throw data::failure(place, error);
  }
}

}  // namespace orch::duckdb
