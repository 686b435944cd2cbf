#include "workers/sqlite/failures.h"

#include <string_view>

#include <fmt/format.h>

namespace orch::sqlite {
namespace {

struct Meaning {
  std::string error;
  std::string_view code;
  std::string_view hint;
};

Meaning meaning(const std::string& side, int primary) {
  switch (primary) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {side + ".Locked", "ORCH-0438",
              "another process holds the database; end its transaction, then resume the run"};
    case SQLITE_CANTOPEN:
    case SQLITE_NOTADB:
      return {"Connection.Down", "ORCH-0443", "the connection must name a SQLite database file"};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {"Connection.Refused", "ORCH-0443",
              "check the permissions of the file and its folder"};
    case SQLITE_FULL:
      return {side + ".Full", "ORCH-0439",
              "make room on the disk of the database, then resume the run"};
    default:
      return {side + ".Failed", side == "Source" ? "ORCH-0440" : "ORCH-0439", ""};
  }
}

}  // namespace

workers::TaskFailed failure(const Place& place, const Error& error) {
  const auto means = meaning(place.side, error.primary());
  const auto& reason = error.reason().empty() ? std::string(error.what()) : error.reason();
  return {means.error,
          fmt::format("{}: {}: {}", place.display, place.doing, reason),
          std::string(means.hint),
          std::string(means.code),
          {{"sqlite_code", error.code()}}};
}

}  // namespace orch::sqlite
