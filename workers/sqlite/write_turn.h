// One SQLite file has one writer: the loads and merges of this process take turns, with one
// connection while some wait for it.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include "orchestrator/db/sqlite_db.h"
#include "workers/data/turn.h"

namespace orch::sqlite {

/// The right to write to a database file, held until destroyed, with the connection that the turn
/// before has left. SQLite's own busy timeout is no queue: it polls, and starves a writer that
/// comes between two long transactions.
class WriteTurn {
 public:
  /// Throws workers::Cancelled soon after `stop` answers true.
  WriteTurn(const std::filesystem::path& file, const std::function<bool()>& stop)
      : turn_(file, stop) {}

  /// The connection that the turn before has left, in no transaction; unset where there is none.
  std::optional<Database> take();
  /// Leaves a connection in no transaction to the next turn, if one is waited for: it has read the
  /// schema, which takes long in a file of many tables. It is closed when no turn is left.
  void leave(Database db);

 private:
  data::Turn turn_;
};

}  // namespace orch::sqlite
