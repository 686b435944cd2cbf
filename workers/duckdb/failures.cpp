#include "workers/duckdb/failures.h"

#include <string_view>

namespace orch::duckdb {

using data::ErrorClass;

data::DatabaseError translated(const Error& error) {
  const std::string_view message = error.what();
  const auto says = [&](std::string_view words) {
    return message.find(words) != std::string_view::npos;
  };
  if (says("lock on file"))
    return {ErrorClass::locked, error.what(), "another process has the file open to write to it"};
  switch (error.type()) {
    case Error::Type::io:
      if (says("No space left")) return {ErrorClass::full, error.what()};
      return {says("Cannot open file") ? ErrorClass::down : ErrorClass::other, error.what(),
              "check the files and their permissions"};
    case Error::Type::out_of_memory:
      return {ErrorClass::other, error.what(),
              "a query that sorts or joins much has 512 MiB and what is free below TMPDIR"};
    case Error::Type::permission:
      return {ErrorClass::denied, error.what(), "queries see the files of their connection alone"};
    case Error::Type::constraint:
      return {says("foreign key constraint") ? ErrorClass::foreign_key : ErrorClass::conflict,
              error.what()};
    case Error::Type::value:
      return {ErrorClass::value, error.what()};
    case Error::Type::transaction:
      return {ErrorClass::locked, error.what(), "another transaction changed the same rows"};
    default:
      return {ErrorClass::statement, error.what()};
  }
}

workers::TaskFailed library_missing(const LibraryMissing& error) {
  return {"Connection.LibraryMissing", error.what(),
          "scripts/install-duckdb puts it into your data folder; ORCH_DUCKDB names another file",
          "ORCH-0407"};
}

}  // namespace orch::duckdb
