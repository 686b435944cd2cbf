#include "orchestrator/store/sqlite/child_rows.h"

#include <fmt/format.h>

#include "orchestrator/store/sqlite/rows.h"

namespace orch::store {
namespace {

namespace sql = orch::sqlite;

execution::Status status_of(const sql::Statement& row, int column) {
  return execution::status_from(row.text(column)).value_or(execution::Status::failed);
}

}  // namespace

std::vector<ChildCounts> count_children(sql::Database& db, ExecutionId parent,
                                        execution::EventId map_run) {
  sql::Statement query(db,
                       "SELECT status, count(*), sum(child_items) FROM execution "
                       "WHERE parent = ? AND parent_map_run = ? GROUP BY status");
  query.bind(number(parent), map_run);
  std::vector<ChildCounts> counts;
  while (query.step()) counts.push_back({status_of(query, 0), query.int64(1), query.int64(2)});
  return counts;
}

std::vector<ChildBucket> child_buckets(sql::Database& db, ExecutionId parent,
                                       execution::EventId map_run, std::int64_t size) {
  sql::Statement query(db,
                       "SELECT child_index / ?3 AS bucket, status, count(*) FROM execution "
                       "WHERE parent = ?1 AND parent_map_run = ?2 GROUP BY bucket, status "
                       "ORDER BY bucket, status");
  query.bind(number(parent), map_run, size);
  std::vector<ChildBucket> buckets;
  while (query.step()) buckets.push_back({query.int64(0), status_of(query, 1), query.int64(2)});
  return buckets;
}

std::vector<std::string> failed_children(sql::Database& db, ExecutionId parent,
                                         execution::EventId map_run, execution::EventId redriven) {
  sql::Statement query(
      db,
      "SELECT run_id FROM execution AS child WHERE parent = ?1 AND parent_map_run = ?2 "
      "AND status NOT IN ('RUNNING', 'SUCCEEDED') "
      "AND max(coalesce((SELECT id FROM history WHERE execution_id = child.id "
      "     ORDER BY first_id DESC LIMIT 1), 0), "
      "    coalesce((SELECT id FROM packed_history WHERE execution_id = child.id "
      "     ORDER BY first_id DESC LIMIT 1), 0)) < "
      "    max(coalesce((SELECT id FROM history WHERE execution_id = ?1 AND first_id <= ?3 "
      "     ORDER BY first_id DESC LIMIT 1), 0), "
      "    coalesce((SELECT id FROM packed_history WHERE execution_id = ?1 AND first_id <= ?3 "
      "     ORDER BY first_id DESC LIMIT 1), 0)) "
      "ORDER BY child_index");
  query.bind(number(parent), map_run, redriven);
  std::vector<std::string> found;
  while (query.step()) found.emplace_back(query.text(0));
  return found;
}

std::vector<ExecutionRow> first_failures(sql::Database& db, const std::string& store,
                                         ExecutionId parent, execution::EventId map_run,
                                         std::int64_t limit) {
  sql::Statement query(db, fmt::format("SELECT {} FROM execution WHERE parent = ? AND "
                                       "parent_map_run = ? AND status IN ('FAILED', 'TIMED_OUT') "
                                       "ORDER BY child_index LIMIT ?",
                                       row_columns));
  query.bind(number(parent), map_run, limit);
  std::vector<ExecutionRow> found;
  while (query.step()) found.push_back(read_row(query, store));
  return found;
}

}  // namespace orch::store
