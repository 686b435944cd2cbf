// What several runs did to the tables: how each fared, and how old its last good load is.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "orchestrator/store/store.h"
#include "orchestrator/view/projection.h"

namespace orch::view {

/// The whole history of an execution, folded. Throws what Store::history() throws.
Overview overview_of(store::Store& store, store::ExecutionId id);

/// A load that a run has published.
struct Load {
  std::int64_t rows = 0;
  Instant published;
  std::optional<Instant> as_of;  ///< when the source was read

  /// As of when the rows are.
  Instant moment() const { return as_of.value_or(published); }
};

/// The load that the steps of a table published; unset: they did not get so far.
std::optional<Load> load_of(const TableLine& table);

/// What one run did to one table.
struct TableRun {
  std::string run;  ///< id
  std::string name;
  std::string workflow;
  std::string connections;  ///< path of the connections file; may be empty
  Instant started;
  TableLine table;
  std::optional<Load> load = {};
};

struct TableRuns {
  std::vector<TableRun> runs;        ///< the newest first
  std::vector<std::string> damaged;  ///< ids of runs that could not be read
  std::int64_t read = 0;             ///< how many runs were looked at
};

/// Of the runs that `filter` chooses; of table `key` alone unless that is empty. Reads their whole
/// histories.
TableRuns table_runs(store::Store& store, const store::ListFilter& filter, const std::string& key);

/// A table as it is now. Tables are told apart by their keys and the files of their connections.
struct TableState {
  const TableRun* latest = nullptr;  ///< of all runs of the table
  const TableRun* loaded = nullptr;  ///< the latest that published a load; may be null
  const TableRun* before = nullptr;  ///< likewise, before `loaded`
};

/// In the order of keys and connections. The pointers are into `runs`.
std::vector<TableState> table_states(std::span<const TableRun> runs);

}  // namespace orch::view
