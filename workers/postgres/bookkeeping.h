// The tables orch.load, orch.evidence and orch.fence of a target database (their columns are
// explained in schema/postgres-target/). Functions that write run inside the caller's transaction.
#pragma once

#include <optional>
#include <string>

#include "orchestrator/db/pg.h"
#include "workers/data/target.h"

namespace orch::postgres {

/// A load row, with what only this target keeps.
struct Staged {
  data::LoadRecord record;
  bool frozen = false;  ///< visible to every snapshot
  std::string xid;
};

/// Creates or upgrades schema and tables, in transactions of its own. Throws orch::Error ORCH-0207
/// when a newer orch made them.
void prepare_bookkeeping(pg::Connection& connection, const std::string& display);
/// False in a database that orch never wrote to.
bool has_bookkeeping(pg::Connection& connection);

/// Raises the table's fence to `load.fence`. Throws TaskFailed "Fence.Stale" (ORCH-0437) when a
/// larger one of the same store was seen.
void hold_fence(pg::Connection& connection, const data::TableName& table, const data::LoadId& load);

std::optional<Staged> read_load(pg::Connection& connection, const data::TableName& table);
void write_load(pg::Connection& connection, const data::TableName& table, const Staged& staged);
void set_verified(pg::Connection& connection, const data::TableName& table);
void remove_load(pg::Connection& connection, const data::TableName& table);

/// What the evidence says of a load; unset when it was not published.
std::optional<data::Published> read_evidence(pg::Connection& connection,
                                             const std::string& load_id);
/// The newest of the table, which must exist.
std::optional<data::PublishedRecord> newest_evidence(pg::Connection& connection,
                                                     const data::TableName& table);
void write_evidence(pg::Connection& connection, const data::LoadPlan& plan, const Staged& staged,
                    const data::Published& published, const boost::json::object& detail);

}  // namespace orch::postgres
