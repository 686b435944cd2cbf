// Rows of pipelines, their revisions, fires, positions and backfills as what they stand for.
#pragma once

#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/store/pipelines.h"
#include "orchestrator/store/store.h"

namespace orch::store {

/// What read_pipeline_revision() reads, in its order.
constexpr const char* pipeline_revision_columns =
    "pipeline_revision.id, pipeline_revision.pipeline, number, document, workflow, "
    "definition_hash, machine_revision, machine_version, alias, connections, made_ms, made_by, "
    "pipeline_revision.checksum";
/// What read_fire() reads, in its order.
constexpr const char* fire_columns =
    "pipeline, trigger_name, fire_key, kind, fire_ms, outcome, run_id, reason, facts, input, "
    "backfill, decided_ms, checksum";
/// What read_backfill() reads, in its order.
constexpr const char* backfill_columns =
    "id, pipeline, trigger_name, from_ms, to_ms, newest_first, at_once, asked_ms, asked_by, note, "
    "checksum";

/// All throw DamagedRow when a row does not have its checksum.
PipelineRevision read_pipeline_revision(const sqlite::Statement& row, int column);
/// Reads name, project, deployed_ms, paused_ms, paused_by, paused_note, checksum, and the revision.
PipelineRow read_pipeline(const sqlite::Statement& row);
FireRow read_fire(const sqlite::Statement& row);
/// Reads trigger_text, position_ms, pipeline, trigger_name, checksum.
TriggerPosition read_position(const sqlite::Statement& row);
BackfillRow read_backfill(const sqlite::Statement& row);
/// Reads a JSON array: pipeline, revision, trigger_name, kind, fire_ms, backfill, checksum of the
/// run `run_id`.
PipelineLink read_pipeline_link(std::string_view text, const std::string& run_id);

std::int64_t checksum_of(const std::string& pipeline, const PipelineRevision& revision);
std::int64_t checksum_of(const PipelineRow& row);
std::int64_t checksum_of(const FireRow& fire);
std::int64_t checksum_of(const std::string& pipeline, const std::string& trigger,
                         const TriggerPosition& position);
std::int64_t checksum_of(const BackfillRow& backfill);
std::int64_t checksum_of(const std::string& run_id, const PipelineLink& link);

}  // namespace orch::store
