// Rows of the run store as what they stand for.
#pragma once

#include <span>

#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/store/store.h"

namespace orch::store {

inline std::int64_t number(ExecutionId id) { return static_cast<std::int64_t>(id); }
inline std::int64_t millis(Instant instant) { return instant.time_since_epoch().count(); }
inline Instant instant(std::int64_t ms) { return Instant{Millis{ms}}; }
inline std::optional<std::int64_t> optional_number(const sqlite::Statement& row, int column) {
  return row.null(column) ? std::nullopt : std::optional(row.int64(column));
}

/// What read_row() reads, in its order.
constexpr const char* row_columns =
    "id, run_id, name, workflow, definition_hash, CASE input WHEN '' THEN (SELECT text FROM "
    "payload "
    "WHERE payload.id = (SELECT packed.input FROM packed_payload AS packed WHERE execution_id = "
    "execution.id)) ELSE input END, connections, status, started_ms, "
    "ended_ms, CASE output WHEN '' THEN (SELECT text FROM payload WHERE payload.id = (SELECT "
    "packed.output FROM packed_payload AS packed WHERE execution_id = execution.id)) ELSE output "
    "END, error, cause, redrive_count, arn, machine_arn, role, trace_header, alias, "
    "revision, version, express, parent, parent_map_run, child_index, child_items, "
    "starter, starter_ticket, starter_waits, paused_ms, set_aside, waits_for, request, resumes, "
    "catalog, made_checksum, outcome_checksum, claims_checksum, "
    "CASE WHEN claims_checksum IS NOT NULL THEN (SELECT group_concat(name, char(10)) FROM (SELECT "
    "name FROM claim WHERE execution_id = execution.id ORDER BY name)) END, "
    "(SELECT json_array(pipeline, revision, trigger_name, kind, fire_ms, backfill, checksum) FROM "
    "pipeline_run WHERE execution_id = execution.id)";

/// Over what was submitted, with what the latest resume brought along.
std::int64_t made_checksum(const NewExecution& made, const std::string& catalog,
                           std::int64_t resumes);
/// Over what set_outcome() sets.
std::int64_t outcome_checksum(const ExecutionRow& row);

/// Over the names that a run claims, in any order; unset when there are none.
std::optional<std::int64_t> claims_checksum(std::span<const std::string> names);

/// `store` names the file in what is said of a damaged row.
ExecutionRow read_row(const sqlite::Statement& row, const std::string& store);

/// Keeps a definition's text under its hash. A damaged text is put right: the hash says what it
/// was.
constexpr const char* keep_definition_sql =
    "INSERT INTO definition (hash, text) VALUES (?, ?) "
    "ON CONFLICT (hash) DO UPDATE SET text = excluded.text WHERE text <> excluded.text";

/// What read_map_run() reads, in its order.
constexpr const char* map_run_columns =
    "name, execution_id, event_id, items, max_concurrency, tolerated_count, tolerated_percentage";

MapRunRow read_map_run(const sqlite::Statement& row);

/// Reads ticket, key, phase, row_count, byte_count, expected, at_ms.
ProgressRow read_progress(const sqlite::Statement& row);

}  // namespace orch::store
