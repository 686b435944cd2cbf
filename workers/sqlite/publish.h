// The merge: staged rows become the table, in one transaction with their evidence.
#pragma once

#include "workers/data/target.h"
#include "workers/sqlite/write_transaction.h"

namespace orch::sqlite {

/// Publishes the verified load `load.id`. replace deletes and inserts all rows; upsert updates the
/// rows whose key is known and that differ, and inserts the others; append inserts. Indexes, views,
/// triggers (they fire) and foreign keys of the table stay. Foreign keys are checked as a whole
/// before the commit instead of row by row, so that no ON DELETE action reaches other tables.
/// Throws what data::Target::merge() says; before the commit nothing has changed.
data::Published publish(const TargetFile& file, const data::LoadPlan& plan,
                        const data::LoadId& load, const boost::json::object& detail);

}  // namespace orch::sqlite
