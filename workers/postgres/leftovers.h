// Removing tables that others may be looking at, or be about to.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/db/pg.h"
#include "workers/data/target.h"
#include "workers/publishing/session.h"

namespace orch::postgres {

/// What is left of a load that was given up must not keep its owner for long.
inline constexpr const char* cleaning_patience = "SET LOCAL lock_timeout = '200ms'";

/// The version of `target` that was exchanged for the present one.
data::TableName previous_of(const data::TableName& target);

/// The tables in the schema of staging tables that belong to `target`, its previous version too.
std::vector<std::string> stagings_of(pg::Connection& connection, const data::TableName& target);

/// A statement that fails with lock_not_available while another session has read the list of tables
/// and may be about to lock them by their names, as pg_dump does: a table that goes away in between
/// fails it. The last statement before a COMMIT.
std::string refuse_while_tables_are_listed();

/// Drops what loads of `target` left in the schema of staging tables, but for the load that is
/// staged, for `kept`, and for what a session uses: a later load finds that again. Leaves all of it
/// alone once a later delivery than `load` is at the table. True when some are there still, other
/// than `kept`. `session` is that of `connection`, not in a transaction.
bool remove_leftovers(pg::Connection& connection, publishing::Session& session,
                      const data::TableName& target, const data::LoadId& load,
                      const std::string& kept = {});

}  // namespace orch::postgres
