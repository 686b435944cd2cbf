// The tables orch_load, orch_evidence and orch_fence of a target database (their columns are
// explained in schema/sqlite-target/). Functions that write run inside the caller's transaction.
#pragma once

#include <optional>
#include <string>

#include "orchestrator/db/sqlite_db.h"
#include "workers/data/target.h"

namespace orch::sqlite {

/// Creates or upgrades the tables, in transactions of its own. Throws orch::Error ORCH-0207 when
/// a newer orch made them.
void prepare_bookkeeping(Database& db, const std::string& display);

/// False in a database that orch never wrote to.
bool has_bookkeeping(Database& db);

/// Raises the table's fence to `load.fence`. Throws TaskFailed "Fence.Stale" (ORCH-0437) when a
/// larger one of the same store was seen.
void hold_fence(Database& db, const data::TableName& table, const data::LoadId& load);

/// Throws as hold_fence() does; changes nothing.
void check_fence(Database& db, const data::TableName& table, const data::LoadId& load);

std::optional<data::LoadRecord> read_load(Database& db, const data::TableName& table);
void write_load(Database& db, const data::TableName& table, const data::LoadRecord& record);
void set_verified(Database& db, const data::TableName& table);
void remove_load(Database& db, const data::TableName& table);

/// What the evidence says of a load; unset when it was not published.
std::optional<data::Published> read_evidence(Database& db, const std::string& load_id);
/// The newest of the table, which must exist.
std::optional<data::PublishedRecord> newest_evidence(Database& db, const data::TableName& table);
void write_evidence(Database& db, const data::LoadPlan& plan, const data::LoadRecord& record,
                    const data::Published& published, const boost::json::object& detail);

}  // namespace orch::sqlite
