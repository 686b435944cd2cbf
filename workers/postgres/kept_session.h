// Sessions of a server are kept for the next piece of work: connecting costs more than a small
// table.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "orchestrator/db/pg.h"
#include "workers/postgres/postgres.h"

namespace orch::postgres {

/// What is known of the bookkeeping of a session's database. It stays while the session is kept.
enum class Bookkeeping : std::uint8_t { unknown, present, current };

/// A session for one piece of work at a time. Given back in no transaction, and with no statement
/// cancelled, it is kept for the next one of this process that connects in the same way, for ten
/// seconds, as if it were new: settings, temporary tables and locks of sessions are gone. Any other
/// is closed, and what a pooler lends is its own to keep.
class KeptSession {
 public:
  /// A kept session that still answers, else a new one. What waits for the server ends when
  /// `settings.stop` or `also` says so. Throws as pg::Connection does.
  explicit KeptSession(const Settings& settings, pg::Stop also = {});
  KeptSession(KeptSession&&) noexcept = default;
  KeptSession& operator=(KeptSession&&) = delete;
  ~KeptSession();

  pg::Connection& operator*() const noexcept { return *connection_; }
  pg::Connection* operator->() const noexcept { return connection_.get(); }
  /// A pooler is in between, and each transaction may have another session of the server.
  bool lent() const noexcept { return lent_; }
  /// Statements that come before all else when it is given back.
  void leave_with(std::string sql) { leave_ = std::move(sql); }

  Bookkeeping bookkeeping() const noexcept { return bookkeeping_; }
  void note(Bookkeeping known) noexcept { bookkeeping_ = known; }

 private:
  std::unique_ptr<pg::Connection> connection_;
  bool lent_ = false;
  Bookkeeping bookkeeping_ = Bookkeeping::unknown;
  std::string leave_;
};

/// Closes the idle ones.
void close_kept_sessions() noexcept;

}  // namespace orch::postgres
