#include "orchestrator/store/sqlite/copy.h"

#include <system_error>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/fault.h"
#include "orchestrator/base/private_file.h"
#include "orchestrator/base/public_file.h"
#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/store/sqlite/guard.h"
#include "orchestrator/store/sqlite/owner_lock.h"
#include "orchestrator/store/sqlite/resting_file.h"
#include "orchestrator/store/sqlite/store.h"

namespace orch::store {
namespace {

namespace fs = std::filesystem;

// The log of a store belongs to its file: it is carried over, and goes with the last connection.
void close_log(const fs::path& path) {
  Guard(path.string())([&] {
    sqlite::Database db(path, sqlite::Access::read_write);
    sqlite::Statement(db, "PRAGMA wal_checkpoint(TRUNCATE)").run();
  });
  if (!RestingFile::rests(path))
    throw Error("ORCH-0210",
                fmt::format("another process has the run store {} open", path.string()),
                "end the commands that read it");
}

bool shrinks(sqlite::Database& db) {
  sqlite::Statement query(db, "PRAGMA auto_vacuum");
  return query.step() && query.int64(0) != 0;
}

}  // namespace

void copy_sqlite(const fs::path& path, const fs::path& copy) {
  open_sqlite_as_reader(path);  // a store, of this version
  try {
    make_private_file(copy);
    Guard(path.string())([&] {
      const bool rests = RestingFile::rests(path);
      sqlite::Database db(path, rests ? sqlite::Access::unchanging : sqlite::Access::read_only);
      // Of the copy; where the store has it already this would write to it.
      if (!shrinks(db)) db.exec("PRAGMA auto_vacuum=INCREMENTAL");
      sqlite::Statement(db, "VACUUM INTO ?").bind(copy.string()).run();
    });
    sync_path(copy);
  } catch (const std::system_error& error) {
    throw Error("ORCH-0002", error.what(), "name a file in a folder that you can write to");
  }
}

void put_sqlite(const fs::path& path, const fs::path& copy, const std::optional<fs::path>& keep,
                const std::string& command) {
  try {
    make_private_folders(path.parent_path());
    const OwnerLock lock(path, command);
    if (fs::exists(path)) {
      if (!keep)
        throw Error("ORCH-0222", fmt::format("there is a run store {}", path.string()),
                    "--replace keeps it under another name beside the restored one");
      close_log(path);
      fs::create_hard_link(path, *keep);
    }
    fault::point("restore.before_rename");
    fs::rename(copy, path);
    sync_path(path.parent_path().empty() ? fs::path(".") : path.parent_path());
  } catch (const std::system_error& error) {
    throw Error("ORCH-0002", error.what(), "the store is as it was");
  }
}

}  // namespace orch::store
