// Connections of one piece of work.
#pragma once

#include <optional>
#include <string>

#include "orchestrator/db/pg.h"
#include "workers/postgres/kept_session.h"
#include "workers/postgres/postgres.h"

namespace orch::postgres {

/// One view of the database for all that is read, and nothing is written.
inline constexpr const char* begin_snapshot =
    "BEGIN READ ONLY; SET TRANSACTION ISOLATION LEVEL REPEATABLE READ";

/// The same, of what another session sees that has exported its snapshot.
std::string begin_at(const std::string& snapshot);

/// Connects; what waits for the server ends when `settings.stop` says so, and what waits for a lock
/// in a transaction after `settings.lock_seconds`.
pg::Connection connect(const Settings& settings);

/// A session that may have been kept, for copying: what waits ends likewise, and when `also` says
/// so. In a transaction a policy that would hide rows from this user fails the statement, for what
/// is hidden would be missing without a word.
KeptSession connect_to_all_rows(const Settings& settings, pg::Stop also = {});

/// Creates `schema` unless it exists, or another transaction is about to create it: asking for it
/// "if not exists" needs the right to create even where it does.
void ensure_schema(pg::Connection& connection, const std::string& schema);

/// A transaction that only reads, unless one is under way: what is read depends on the settings of
/// a transaction.
class Reading {
 public:
  explicit Reading(pg::Connection& connection) {
    if (!connection.in_transaction()) transaction_.emplace(connection, "BEGIN READ ONLY");
  }

 private:
  std::optional<pg::Transaction> transaction_;
};

/// Lets a connection hear one more stop for as long as it lives.
class AlsoStop {
 public:
  AlsoStop(pg::Connection& connection, const pg::Stop& also);
  AlsoStop(const AlsoStop&) = delete;
  AlsoStop& operator=(const AlsoStop&) = delete;
  ~AlsoStop() { connection_.stop_when(std::move(before_)); }

 private:
  pg::Connection& connection_;
  pg::Stop before_;
};

}  // namespace orch::postgres
