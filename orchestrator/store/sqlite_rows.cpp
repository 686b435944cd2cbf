#include "orchestrator/store/sqlite_rows.h"

namespace orch::store {
namespace {

Instant instant(std::int64_t ms) { return Instant{Millis{ms}}; }

std::optional<std::string> optional_text(const sqlite::Statement& row, int column) {
  if (row.null(column)) return std::nullopt;
  return std::string(row.text(column));
}

std::optional<std::int64_t> optional_number(const sqlite::Statement& row, int column) {
  if (row.null(column)) return std::nullopt;
  return row.int64(column);
}

ServiceLink read_link(const sqlite::Statement& row, int column) {
  ServiceLink link;
  link.arn = row.text(column);
  link.machine_arn = row.text(column + 1);
  link.role = row.text(column + 2);
  link.trace_header = row.text(column + 3);
  link.alias = row.text(column + 4);
  link.revision = optional_number(row, column + 5);
  link.version = optional_number(row, column + 6);
  link.express = row.int64(column + 7) != 0;
  return link;
}

}  // namespace

ExecutionRow read_row(const sqlite::Statement& row) {
  ExecutionRow made;
  made.id = ExecutionId{row.int64(0)};
  made.made.run_id = row.text(1);
  made.made.name = row.text(2);
  made.made.workflow = row.text(3);
  made.made.definition_hash = row.text(4);
  made.made.input = row.text(5);
  made.made.connections = row.text(6);
  made.status = execution::status_from(row.text(7)).value_or(execution::Status::failed);
  made.made.started_at = instant(row.int64(8));
  if (!row.null(9)) made.ended_at = instant(row.int64(9));
  made.output = optional_text(row, 10);
  made.error = optional_text(row, 11);
  made.cause = optional_text(row, 12);
  made.redrive_count = row.int64(13);
  made.made.service = read_link(row, 14);
  if (!row.null(22))
    made.made.parent = {{ExecutionId{row.int64(22)}, row.int64(23), row.int64(24), row.int64(25)}};
  if (!row.null(26))
    made.made.starter = {ExecutionId{row.int64(26)}, row.int64(27), row.int64(28) != 0};
  if (!row.null(29)) made.paused_at = instant(row.int64(29));
  made.set_aside = optional_text(row, 30);
  if (!row.null(31)) made.waits_for = ExecutionId{row.int64(31)};
  made.made.request = optional_text(row, 32).value_or("");
  made.resumes = row.int64(33);
  made.catalog = row.text(34);
  return made;
}

MapRunRow read_map_run(const sqlite::Statement& row) {
  MapRunRow made{std::string(row.text(0)), ExecutionId{row.int64(1)}, row.int64(2)};
  made.items = optional_number(row, 3);
  made.limits.max_concurrency = optional_number(row, 4);
  made.limits.tolerated_count = optional_number(row, 5);
  if (!row.null(6)) made.limits.tolerated_percentage = row.real(6);
  return made;
}

ProgressRow read_progress(const sqlite::Statement& row) {
  ProgressRow made;
  made.ticket = execution::Ticket{row.int64(0)};
  made.key = row.text(1);
  made.phase = row.text(2);
  made.rows = row.int64(3);
  made.bytes = row.int64(4);
  if (!row.null(5)) made.expected_rows = row.int64(5);
  made.at = instant(row.int64(6));
  return made;
}

}  // namespace orch::store
