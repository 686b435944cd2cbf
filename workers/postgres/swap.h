// Publishing by swapping the one partition of a partitioned table.
//
// A table that orch creates is a partitioned parent with a single default partition that holds the
// rows. A new load becomes that partition: indexes and constraints are built on the staging table
// before, and the exchange itself holds its lock for milliseconds. The parent stays: its OID,
// grants, views, policies and comments. TRUNCATE would be simpler and wrong: it is not MVCC-safe, a
// transaction with an older snapshot would see an empty table.
#pragma once

#include <optional>
#include <string>

#include "orchestrator/db/pg.h"
#include "workers/data/target.h"
#include "workers/postgres/describe.h"

namespace orch::postgres {

/// True when `existing` can be published by a swap: partitioned, with at most its default
/// partition, and not referenced by a foreign key.
bool can_swap(pg::Connection& connection, const Described& existing);

/// SQL that creates the parent for `plan`; empty when no column can be its partition key.
std::string create_parent_sql(const data::LoadPlan& plan);

/// Builds on the staging table what the parent's indexes and constraints demand, in a transaction
/// of its own: no reader waits for it.
void prepare_staging(pg::Connection& connection, const data::LoadPlan& plan,
                     const Described& parent);

/// Exchanges the partition inside the caller's transaction.
void swap(pg::Connection& connection, const data::LoadPlan& plan, const Described& parent);

}  // namespace orch::postgres
