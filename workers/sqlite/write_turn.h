// One SQLite file has one writer: the loads and merges of this process take turns, with one
// connection while some wait for it.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "orchestrator/db/sqlite_db.h"

namespace orch::sqlite {

class TurnQueue;

/// The right to write to a database file, held until destroyed. Waits in the order of arrival,
/// without a limit: who is before us makes progress, or fails and goes away. SQLite's own busy
/// timeout is no queue: it polls, and starves a writer that comes between two long transactions.
/// May be destroyed on another thread.
class WriteTurn {
 public:
  /// Throws workers::Cancelled soon after `stop` answers true.
  WriteTurn(const std::filesystem::path& file, const std::function<bool()>& stop);
  WriteTurn(WriteTurn&&) noexcept = default;
  WriteTurn& operator=(WriteTurn&&) = delete;
  ~WriteTurn();

  /// The connection that the turn before has left, in no transaction; unset where there is none.
  std::optional<Database> take();
  /// Leaves a connection in no transaction to the next turn, if one is waited for: it has read the
  /// schema, which takes long in a file of many tables. It is closed when no turn is left.
  void leave(Database db);

 private:
  std::shared_ptr<TurnQueue> queue_;
};

}  // namespace orch::sqlite
