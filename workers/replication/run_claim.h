// One run at a time writes to a table: what a run claims, and what it does when another one has it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "workers/catalog/entry.h"
#include "workers/connectors/connections.h"
#include "workers/worker.h"

namespace orch::replication {

/// The names of the entries' target tables, the same for all connections that lead to a database:
/// "postgresql://db1:5432/dwh public.rates".
std::vector<std::string> target_names(const std::vector<catalog::Entry>& entries,
                                      const connectors::Connections& connections);

/// Claims the entries' target tables for the run of `task`. When another run has some of them, the
/// option "if_running" says what follows: "wait" (the default) throws workers::Waits, "fail" throws
/// TaskFailed "Run.Overlaps", "skip" answers the other run. Unset: the tables are the run's, or the
/// task's input says "claim": false, as workflows do that write to no table.
std::optional<workers::Holder> claim_targets(const workers::Task& task,
                                             workers::TaskContext& context,
                                             const std::vector<catalog::Entry>& entries,
                                             const connectors::Connections& connections);

}  // namespace orch::replication
