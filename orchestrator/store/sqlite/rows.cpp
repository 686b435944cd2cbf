#include "orchestrator/store/sqlite/rows.h"

#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/store/checksum.h"
#include "orchestrator/store/packed_text.h"
#include "orchestrator/store/sqlite/pipeline_rows.h"
#include "orchestrator/store/sqlite/tables.h"

namespace orch::store {
namespace {

std::optional<std::string> optional_text(const sqlite::Statement& row, int column) {
  if (row.null(column)) return std::nullopt;
  return std::string(row.text(column));
}

// A text, or its packed form. Where that cannot be read nothing is left of it, which its checksum
// tells.
std::string payload_text(const sqlite::Statement& row, int column) {
  if (row.storage(column) != sqlite::Storage::blob) return std::string(row.text(column));
  try {
    return unpack(row.blob(column));
  } catch (const std::runtime_error&) {
    return {};
  }
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

std::optional<std::int64_t> optional_millis(const std::optional<Instant>& instant) {
  if (!instant) return std::nullopt;
  return millis(*instant);
}

// Which part of the row is not what was written; empty: all is. Rows of older versions have no
// checksums.
const char* damaged_part(const sqlite::Statement& row, int column, const ExecutionRow& read) {
  if (!execution::status_from(row.text(7))) return "its status is unknown";
  if (!row.null(column) &&
      row.int64(column) != made_checksum(read.made, read.catalog, read.resumes))
    return "what was submitted does not have its checksum";
  if (!row.null(column + 1) && row.int64(column + 1) != outcome_checksum(read))
    return "its outcome does not have its checksum";
  if (!row.null(column + 2) && row.int64(column + 2) != checksum_of(row.text(column + 3)))
    return "the names that it claims do not have their checksum";
  return "";
}

}  // namespace

std::int64_t made_checksum(const NewExecution& made, const std::string& catalog,
                           std::int64_t resumes) {
  const auto& service = made.service;
  Checksum sum;
  for (const auto* text : {&made.run_id, &made.name, &made.workflow, &made.input, &made.connections,
                           &made.request, &catalog, &service.arn, &service.machine_arn,
                           &service.role, &service.trace_header, &service.alias})
    sum.add(*text);
  sum.add(millis(made.started_at)).add(resumes);
  sum.add(service.revision).add(service.version).add(std::int64_t{service.express});
  sum.add(std::int64_t{made.parent.has_value()}).add(std::int64_t{made.starter.has_value()});
  if (const auto& parent = made.parent)
    sum.add(number(parent->execution)).add(parent->map_run).add(parent->index).add(parent->items);
  if (const auto& starter = made.starter)
    sum.add(number(starter->execution)).add(starter->ticket).add(std::int64_t{starter->waits});
  return sum.value();
}

std::int64_t outcome_checksum(const ExecutionRow& row) {
  return checksum_of(to_string(row.status), optional_millis(row.ended_at), row.output, row.error,
                     row.cause, row.redrive_count);
}

std::optional<std::int64_t> claims_checksum(std::span<const std::string> names) {
  if (names.empty()) return std::nullopt;
  const std::set<std::string> sorted(names.begin(), names.end());
  return checksum_of(fmt::format("{}", fmt::join(sorted, "\n")));
}

ExecutionRow read_row(const sqlite::Statement& row, const std::string& store) {
  ExecutionRow made;
  made.id = ExecutionId{row.int64(0)};
  made.made.run_id = row.text(1);
  made.made.name = row.text(2);
  made.made.workflow = row.text(3);
  made.made.definition_hash = row.text(4);
  made.made.input = payload_text(row, 5);
  made.made.connections = row.text(6);
  made.status = execution::status_from(row.text(7)).value_or(execution::Status::failed);
  made.made.started_at = instant(row.int64(8));
  if (!row.null(9)) made.ended_at = instant(row.int64(9));
  if (!row.null(10)) made.output = payload_text(row, 10);
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
  std::string part = damaged_part(row, 35, made);
  try {
    if (!row.null(39)) made.made.pipeline = read_pipeline_link(row.text(39), made.made.run_id);
  } catch (const DamagedRow& damage) {
    part = damage.what();
  }
  if (!part.empty())
    made.damage = fmt::format("the run store {} is damaged: run {} (row {} of table execution): {}",
                              store, made.made.run_id, number(made.id), part);
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
