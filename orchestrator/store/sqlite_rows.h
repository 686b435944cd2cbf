// Rows of the run store as what they stand for.
#pragma once

#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/store/store.h"

namespace orch::store {

inline std::int64_t number(ExecutionId id) { return static_cast<std::int64_t>(id); }

/// What read_row() reads, in its order.
constexpr const char* row_columns =
    "id, run_id, name, workflow, definition_hash, input, connections, status, started_ms, "
    "ended_ms, output, error, cause, redrive_count, arn, machine_arn, role, trace_header, alias, "
    "revision, version, express, parent, parent_map_run, child_index, child_items, "
    "starter, starter_ticket, starter_waits, paused_ms, set_aside, waits_for, request, resumes, "
    "catalog";

ExecutionRow read_row(const sqlite::Statement& row);

/// What read_map_run() reads, in its order.
constexpr const char* map_run_columns =
    "name, execution_id, event_id, items, max_concurrency, tolerated_count, tolerated_percentage";

MapRunRow read_map_run(const sqlite::Statement& row);

/// Reads ticket, key, phase, row_count, byte_count, expected, at_ms.
ProgressRow read_progress(const sqlite::Statement& row);

}  // namespace orch::store
