// What goes wrong in a zone as a database's errors.
#pragma once

#include <system_error>
#include <utility>

#include "workers/delta/log.h"
#include "workers/duckdb/failures.h"

namespace orch::lake {

/// The class of an error of the file system.
data::DatabaseError translated(const std::system_error& error);

/// Runs `work`; what goes wrong with DuckDB, a log or a file leaves it as a data::DatabaseError.
template <class Work>
auto in_zone(Work&& work) {
  try {
    return duckdb::classified(std::forward<Work>(work));
  } catch (const delta::LogError& error) {
    throw data::DatabaseError(data::ErrorClass::other, error.what());
  } catch (const std::system_error& error) {
    throw translated(error);
  }
}

}  // namespace orch::lake
