#include "workers/sqlite/failures.h"

#include <utility>

namespace orch::sqlite {
namespace {

using data::ErrorClass;

/// The class, and a hint where the class has no better one.
std::pair<ErrorClass, const char*> meaning(const Error& error) {
  switch (error.primary()) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorClass::locked,
              "another process holds the database; end its transaction, then resume the run"};
    case SQLITE_CANTOPEN:
      return {ErrorClass::down, "the connection must name a SQLite database file"};
    case SQLITE_NOTADB:
      return {ErrorClass::refused, "the connection must name a SQLite database file"};
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return {ErrorClass::refused, "check the permissions of the file and its folder"};
    case SQLITE_FULL:
      return {ErrorClass::full, ""};
    case SQLITE_CONSTRAINT:
      return {error.code() == SQLITE_CONSTRAINT_FOREIGNKEY ? ErrorClass::foreign_key
                                                           : ErrorClass::conflict,
              ""};
    case SQLITE_MISMATCH:
      return {ErrorClass::conflict, ""};
    case SQLITE_ERROR:
    case SQLITE_MISUSE:
    case SQLITE_AUTH:
      return {ErrorClass::statement, ""};
    default:
      return {ErrorClass::other, ""};
  }
}

}  // namespace

data::DatabaseError translated(const Error& error) {
  const auto [error_class, hint] = meaning(error);
  const std::string message = error.reason().empty() ? error.what() : error.reason();
  return {error_class, message, hint, {{"sqlite_code", error.code()}}};
}

}  // namespace orch::sqlite
