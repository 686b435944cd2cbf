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

/// Runs `work`; an Error that leaves it becomes data::failure(), an interrupt workers::Cancelled.
template <class Work>
auto guarded(const data::Place& place, Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (const LibraryMissing& error) {
    throw library_missing(error);
  } catch (const Error& error) {
    if (error.type() == Error::Type::interrupted) throw workers::Cancelled();
    throw data::failure(place, translated(error));
  }
}

}  // namespace orch::duckdb
