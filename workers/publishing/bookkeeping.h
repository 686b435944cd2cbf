// The tables load, evidence and fence of a target database (schema/*-target explain the columns).
// Functions that write run inside the caller's transaction.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "workers/publishing/session.h"

namespace orch::publishing {

/// A condition of statements whose first parameters are a table's schema and name.
inline constexpr const char* this_table = "table_schema = $1 AND table_name = $2";
/// A whole number as rows have it; 0 for NULL.
std::int64_t integer(const std::optional<std::string>& text);

/// Which session of the database is at a load, where its fence rows say so.
struct FenceHolder {
  std::vector<std::pair<std::string, std::string>> columns;  ///< with their SQL; $5: the load's run
  std::string returning;                                     ///< what to select of the row, if any
};

/// Raises the table's fence to `load.fence`. Throws TaskFailed "Fence.Stale" (ORCH-0437) when a
/// larger one of the same store was seen: in the fence row, or, where another store has written
/// since, in the row of the load that waits to be published.
void hold_fence(Session& session, const data::TableName& table, const data::LoadId& load,
                const FenceHolder& holder = {});
/// Keeps others from staging, verifying or publishing `table` until the transaction ends; false
/// when somebody is at it.
bool is_free(Session& session, const data::TableName& table);
/// Throws as hold_fence() does; changes nothing.
void check_fence(Session& session, const data::TableName& table, const data::LoadId& load);

/// A load row.
struct StagedLoad {
  data::LoadRecord record;
  data::TableName staging;      ///< where the rows are
  std::string unchanged_since;  ///< the published load whose rows they are; empty: they are staged
};

std::optional<StagedLoad> read_load(Session& session, const data::TableName& table);
/// `parts`: how many transactions wrote the rows.
void write_load(Session& session, const data::TableName& table, const data::LoadRecord& record,
                int parts);
void set_verified(Session& session, const data::TableName& table);
void remove_load(Session& session, const data::TableName& table);

/// What the evidence says of a load; unset when it was not published.
std::optional<data::Published> read_evidence(Session& session, const std::string& load_id);
/// The evidence of the newest published load of a table; unset when there is none. `emptied` is
/// left to the caller.
std::optional<data::PublishedRecord> newest_evidence(Session& session,
                                                     const data::TableName& table);
/// How many rows the loads of a table left in it: of the evidence, so that an increment does not
/// count a large table; counted where there is none. 0 when somebody emptied it.
std::int64_t rows_left(Session& session, const data::TableName& table, const TableFacts& facts);

/// With the files of the load in the ledger, where it has some.
void write_evidence(Session& session, const data::LoadPlan& plan, const data::LoadRecord& record,
                    const data::Published& published, const boost::json::object& detail);

}  // namespace orch::publishing
