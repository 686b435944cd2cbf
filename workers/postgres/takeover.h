// Ending a session that holds a table's fence and no longer moves.
#pragma once

#include <chrono>
#include <string>

#include <boost/json/object.hpp>

#include "orchestrator/db/pg.h"
#include "workers/data/target.h"

namespace orch::postgres {

// A session that wrote its name into the fence row may be kept for other work when that is done: it
// is ended only while it carries the mark of the load, a lock that a session has until it is given
// back.

/// SQL that gives this session the mark, for the RETURNING of a change of its fence row.
std::string mark_of_session();
/// Statements that take the mark off before the session is given back. They wait while somebody
/// ends a session at the table, who has seen the mark.
std::string leave_with(const data::TableName& table);

/// What is there before `load` claims its table.
struct Claims {
  bool published = false;         ///< the load itself
  bool earlier_delivery = false;  ///< a session of this run is still at an earlier one
  bool later_fence = false;       ///< one was seen
};
Claims look_at_claims(pg::Connection& connection, const data::TableName& table,
                      const data::LoadId& load);

/// Ends the session of an earlier delivery of the same run: it has been replaced.
void end_earlier_delivery(pg::Connection& connection, const data::TableName& table,
                          const data::LoadId& load);

/// The session that the fence row names, when it is in a transaction: {"pid", "user", "query",
/// "since"}; else empty.
boost::json::object fence_holder(pg::Connection& connection, const data::TableName& table);

/// Watches the session that the fence row names, that of another run. Its process may be paused or
/// cut off: the server then waits for it, and nothing of the session changes.
class Takeover {
 public:
  using Clock = std::chrono::steady_clock;

  /// A session that shows no change for `silence` is ended.
  Takeover(pg::Connection& connection, const data::TableName& table, const data::LoadId& load,
           std::chrono::milliseconds silence)
      : connection_(connection), table_(table), load_(load), silence_(silence) {}

  /// Looks, and ends the session when it is time. Throws data::DatabaseError (locked) when it must
  /// not. Not in a transaction.
  void look();

 private:
  pg::Connection& connection_;
  const data::TableName& table_;
  const data::LoadId& load_;
  std::chrono::milliseconds silence_;
  std::string seen_;
  Clock::time_point since_ = Clock::now();
};

}  // namespace orch::postgres
