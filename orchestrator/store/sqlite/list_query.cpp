#include "orchestrator/store/sqlite/list_query.h"

#include <fmt/format.h>

namespace orch::store {

// Only the conditions that are asked for, so that the indexes of runs that are under way, of runs
// that are no children, and of children by their map run serve.
std::string list_query(const ListFilter& filter) {
  const bool running = filter.status == execution::Status::running;
  const bool children = filter.children || filter.map_run;
  auto query = fmt::format("SELECT {} FROM execution {} WHERE {}", row_columns,
                           running && !filter.map_run ? "INDEXED BY execution_running" : "",
                           children ? "true" : "parent IS NULL");
  const auto when = [&](bool given, const char* condition) {
    if (given) query += condition;
  };
  when(filter.status.has_value(), running ? " AND status = 'RUNNING'" : " AND status = ?1");
  when(filter.workflow.has_value(), " AND workflow = ?2");
  when(filter.not_before.has_value(), " AND started_ms >= ?3");
  when(filter.version.has_value(), " AND version = ?4");
  when(filter.alias.has_value(), " AND alias = ?5");
  when(filter.redriven.has_value(), " AND (redrive_count > 0) = ?6");
  when(filter.paused, " AND paused_ms IS NOT NULL");
  when(!filter.express, " AND NOT express");
  when(filter.behind.has_value(), " AND (started_ms, id) < (?7, ?8)");
  when(filter.map_run.has_value(), " AND parent = ?9 AND parent_map_run = ?10");
  when(filter.pipeline.has_value(),
       " AND id IN (SELECT execution_id FROM pipeline_run WHERE pipeline = ?11)");
  return query + " ORDER BY started_ms DESC, id DESC LIMIT ?12";
}

}  // namespace orch::store
