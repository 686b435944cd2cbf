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

bool is_unsuccessful(execution::Status status) {
  using execution::Status;
  return status == Status::failed || status == Status::timed_out || status == Status::aborted;
}

bool all_are(const ListFilter& filter, bool (*what)(Standing)) {
  return !filter.standings.empty() && std::ranges::all_of(filter.standings, what);
}

// In the words of the index of these runs, which serves no others.
constexpr const char* unsuccessful = " AND status IN ('FAILED', 'TIMED_OUT', 'ABORTED')";

// What is asked of each run by itself. The + keeps the order of lists: the newest are wanted, of
// which the list on the right may have thousands.
constexpr const char* of_tagged_machine =
    " AND +workflow IN (SELECT substr(resource, 14) FROM tag WHERE resource GLOB 'stateMachine:*' "
    "AND key = ?15 AND coalesce(value = ?16, true))";
constexpr const char* of_pipelines =
    " AND +id IN (SELECT execution_id FROM pipeline_run WHERE pipeline IN (SELECT value FROM "
    "json_each(?18)))";
constexpr const char* of_pipeline =
    " AND EXISTS (SELECT 1 FROM pipeline_run WHERE execution_id = execution.id AND "
    "pipeline_run.pipeline = ?11)";

/// Where the rows come from, and in the order of which columns.
struct Source {
  std::string from;
  const char* started = "started_ms";
  const char* id = "id";
};

// The runs of a pipeline, newest first.
Source runs_of_pipeline() {
  return {
      "(SELECT begun_ms AS link_ms, execution_id AS link_id FROM pipeline_run WHERE pipeline = "
      "?11) CROSS JOIN execution ON execution.id = link_id",
      "link_ms", "link_id"};
}

}  // namespace

// Only the conditions that are asked for, so that the indexes of runs that are under way, of those
// without success, of runs that are no children, of a pipeline's and of children by their map run
// serve.
std::string list_query(const ListFilter& filter) {
  const bool running = filter.status == execution::Status::running || all_are(filter, is_under_way);
  const bool failed = filter.failed_by || all_are(filter, is_unsuccessful) ||
                      (filter.status && is_unsuccessful(*filter.status));
  const bool children = filter.children || filter.map_run;
  const bool by_pipeline = filter.pipeline && !running && !failed && !filter.among;
  const auto source =
      by_pipeline ? runs_of_pipeline()
                  : Source{running && !filter.map_run ? "execution INDEXED BY execution_running"
                                                      : "execution"};
  auto query = fmt::format("SELECT {} FROM {} WHERE {}", row_columns, source.from,
                           children ? "true" : "parent IS NULL");
  const auto when = [&](bool given, const std::string& condition) {
    if (given) query += condition;
  };
  when(running, " AND status = 'RUNNING'");
  when(filter.status.has_value(), " AND status = ?1");
  when(failed, unsuccessful);
  when(filter.workflow.has_value(), " AND workflow = ?2");
  when(filter.not_before.has_value(), fmt::format(" AND {} >= ?3", source.started));
  when(filter.version.has_value(), " AND version = ?4");
  when(filter.alias.has_value(), " AND alias = ?5");
  when(filter.redriven.has_value(), " AND (redrive_count > 0) = ?6");
  when(filter.paused, " AND paused_ms IS NOT NULL");
  when(!filter.express, " AND NOT express");
  when(filter.behind.has_value(),
       fmt::format(" AND ({}, {}) < (?7, ?8)", source.started, source.id));
  when(filter.map_run.has_value(), " AND parent = ?9 AND parent_map_run = ?10");
  when(filter.pipeline && !by_pipeline, of_pipeline);
  when(filter.pipelines.has_value(), of_pipelines);
  if (!filter.standings.empty()) query += one_of(filter.standings);
  when(filter.among.has_value(), " AND id IN (SELECT value FROM json_each(?17))");
  when(filter.before.has_value(), fmt::format(" AND {} < ?12", source.started));
  when(filter.named.has_value(), " AND instr(lower(name), lower(?13)) > 0");
  when(filter.failed_by.has_value(),
       " AND error IS NOT NULL AND instr(lower(error || char(10) || coalesce(cause, '')), "
       "lower(?14)) > 0");
  when(filter.tag.has_value(), of_tagged_machine);
  return query + fmt::format(" ORDER BY {} DESC, {} DESC LIMIT ?19", source.started, source.id);
}

}  // namespace orch::store
