// Publishing row by row, for tables that cannot be swapped.
#pragma once

#include "orchestrator/db/pg.h"
#include "workers/data/target.h"
#include "workers/postgres/describe.h"

namespace orch::postgres {

/// Writes the staged rows into `target` by the plan's strategy, inside the caller's transaction:
/// replace deletes what is gone, updates what differs and inserts what is new (by the key; without
/// one it deletes and inserts everything), upsert leaves what is gone, append only inserts. Only
/// rows that differ are written. MVCC-safe: readers see the old rows until the commit.
data::Published merge_rows(pg::Connection& connection, const data::LoadPlan& plan,
                           const Described& target);

/// Sets the sequences of identity and serial columns beyond the values that were loaded.
void advance_sequences(pg::Connection& connection, const Described& target);

}  // namespace orch::postgres
