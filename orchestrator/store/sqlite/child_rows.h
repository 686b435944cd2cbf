// How the children of a map run fare, asked of the index by parent, map run and index of the child.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/store/store.h"

namespace orch::store {

// As the functions of Store with these names.
std::vector<ChildCounts> count_children(sqlite::Database& db, ExecutionId parent,
                                        execution::EventId map_run);
std::vector<ChildBucket> child_buckets(sqlite::Database& db, ExecutionId parent,
                                       execution::EventId map_run, std::int64_t size);
std::vector<std::string> failed_children(sqlite::Database& db, ExecutionId parent,
                                         execution::EventId map_run, execution::EventId redriven);
/// `store` names the file in what is said of a damaged row.
std::vector<ExecutionRow> first_failures(sqlite::Database& db, const std::string& store,
                                         ExecutionId parent, execution::EventId map_run,
                                         std::int64_t limit);

}  // namespace orch::store
