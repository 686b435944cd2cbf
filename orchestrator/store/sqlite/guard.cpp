#include "orchestrator/store/sqlite/guard.h"

#include <fmt/format.h>

#include "orchestrator/base/error.h"

namespace orch::store {

void Guard::translate(const sqlite::Error& error) const {
  const auto message = [&](std::string_view what) {
    return fmt::format("the run store {} {}: {}", path_, what, error.reason());
  };
  switch (error.primary()) {
    case SQLITE_FULL:
      throw Error("ORCH-0209", message("cannot grow"),
                  "free some space on its disk; what was committed is kept, and the runs continue");
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      throw Error("ORCH-0002", message("cannot be opened or written"),
                  "check the permissions of the file and its folder");
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      throw Error("ORCH-0206", message("is damaged"),
                  "restore it from a backup, or name another file with --store");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw Error("ORCH-0210", message("is locked"),
                  "another program holds a transaction on the file; end it");
    case SQLITE_NOMEM:
    case SQLITE_TOOBIG:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
      throw Error("ORCH-0217", message("refuses what it was to record"));
    default:
      throw Error("ORCH-0211", fmt::format("{} (SQLite code {})", message("failed"), error.code()));
  }
}

}  // namespace orch::store
