// Waiting for the server without being deaf to a stop. Internal to the module.
#pragma once

#include <chrono>

#include "orchestrator/db/pg.h"

namespace orch::pg {

/// How long a socket is waited for before it is asked for a stop again.
inline constexpr int look_ms = 100;

/// Blocks until the connection's socket has one of `events` (of poll()). Asks for a stop ten times
/// a second; then ends the statement and throws Stopped. Throws Error "08006" after a silence, see
/// Connection.
void wait(Connection& connection, short events);

/// Sends all that is queued; what the server says meanwhile is kept.
void flush(Connection& connection);

/// Ends the sending of a statement: throws Error when `sent` is 0.
void sent(Connection& connection, int sent);

/// The next result of what was sent, null at the end; the caller owns it.
pg_result* next_result(Connection& connection);

/// The last result of what was sent; one that starts a COPY is the last.
Result last_result(Connection& connection);

/// Reads what is under way to its end, at most for `limit`; false when it did not come.
bool drain(pg_conn* connection, std::chrono::milliseconds limit) noexcept;

/// Cancels what is under way and waits for its end. A server that does not answer soon loses the
/// connection: every later call fails at once.
void end_statement(Connection& connection) noexcept;

}  // namespace orch::pg
