// What loads keep of a table, for those who look after a target.
#pragma once

#include "workers/publishing/session.h"

namespace orch::publishing {

/// `table` as it is stored; the database has the bookkeeping.
data::TableBooks read_books(Session& session, const data::TableName& table);
/// As data::Target::remove_staged(). `session` is not in a transaction.
bool remove_books(Session& session, const data::TableBooks& books);

}  // namespace orch::publishing
