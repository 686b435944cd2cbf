#include "orchestrator/store/sqlite/list_query.h"

#include <algorithm>

#include <fmt/format.h>

namespace orch::store {
namespace {

const char* condition_of(Standing standing) {
  switch (standing) {
    case Standing::running:
      return "(status = 'RUNNING' AND paused_ms IS NULL AND waits_for IS NULL)";
    case Standing::waiting:
      return "(status = 'RUNNING' AND paused_ms IS NULL AND waits_for IS NOT NULL)";
    case Standing::paused:
      return "(status = 'RUNNING' AND paused_ms IS NOT NULL AND set_aside IS NULL)";
    case Standing::set_aside:
      return "(status = 'RUNNING' AND paused_ms IS NOT NULL AND set_aside IS NOT NULL)";
    case Standing::succeeded:
      return "status = 'SUCCEEDED'";
    case Standing::failed:
      return "status = 'FAILED'";
    case Standing::timed_out:
      return "status = 'TIMED_OUT'";
    case Standing::stopped:
      break;
  }
  return "status = 'ABORTED'";
}

std::string one_of(const std::vector<Standing>& standings) {
  std::string any;
  for (const auto standing : standings) {
    if (!any.empty()) any += " OR ";
    any += condition_of(standing);
  }
  return " AND (" + any + ")";
}

bool is_under_way(Standing standing) {
  return standing == Standing::running || standing == Standing::waiting ||
         standing == Standing::paused || standing == Standing::set_aside;
}

bool is_unsuccessful(Standing standing) {
  return standing == Standing::failed || standing == Standing::timed_out ||
         standing == Standing::stopped;
}

bool all_are(const ListFilter& filter, bool (*what)(Standing)) {
  return !filter.standings.empty() && std::ranges::all_of(filter.standings, what);
}

// In the words of the index of these runs, which serves no others.
constexpr const char* unsuccessful = " AND status IN ('FAILED', 'TIMED_OUT', 'ABORTED')";

constexpr const char* of_tagged_machine =
    " AND EXISTS (SELECT 1 FROM tag WHERE resource = 'stateMachine:' || workflow AND key = ?15 "
    "AND coalesce(value = ?16, true))";

}  // namespace

// Only the conditions that are asked for, so that the indexes of runs that are under way, of those
// without success, of runs that are no children, and of children by their map run serve. A pipeline
// is looked up run by run: it may have most of them, and the newest are wanted.
std::string list_query(const ListFilter& filter) {
  const bool running = filter.status == execution::Status::running || all_are(filter, is_under_way);
  const bool children = filter.children || filter.map_run;
  auto query = fmt::format("SELECT {} FROM execution {} WHERE {}", row_columns,
                           running && !filter.map_run ? "INDEXED BY execution_running" : "",
                           children ? "true" : "parent IS NULL");
  const auto when = [&](bool given, const char* condition) {
    if (given) query += condition;
  };
  when(running, " AND status = 'RUNNING'");
  when(filter.status.has_value(), " AND status = ?1");
  when(filter.failed_by || all_are(filter, is_unsuccessful), unsuccessful);
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
       " AND EXISTS (SELECT 1 FROM pipeline_run WHERE execution_id = execution.id AND "
       "pipeline_run.pipeline = ?11)");
  when(filter.pipelines.has_value(),
       " AND EXISTS (SELECT 1 FROM pipeline_run WHERE execution_id = execution.id AND "
       "pipeline_run.pipeline IN (SELECT value FROM json_each(?18)))");
  if (!filter.standings.empty()) query += one_of(filter.standings);
  when(filter.among.has_value(), " AND id IN (SELECT value FROM json_each(?17))");
  when(filter.before.has_value(), " AND started_ms < ?12");
  when(filter.named.has_value(), " AND instr(lower(name), lower(?13)) > 0");
  when(filter.failed_by.has_value(),
       " AND error IS NOT NULL AND instr(lower(error || char(10) || coalesce(cause, '')), "
       "lower(?14)) > 0");
  when(filter.tag.has_value(), of_tagged_machine);
  return query + " ORDER BY started_ms DESC, id DESC LIMIT ?19";
}

}  // namespace orch::store
